"""Pictures in conversations, wherever they are kept: …"""

import asyncio
import base64
import urllib.request
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from domain.viewer import CareRole
from persistence.embedded.server import EmbeddedServer
from tests.api.client import Json, People, Person, new_key
from tests.api.keeping import KINDS, House, house_over, opened, photo, read, upload
from tests.api.roles import become
from tests.api.serving import ADMIN_PASSWORD
from tests.api.test_chat import WATCH, say
from tests.api.test_files import DELETE, FILE, PDF, UNKNOWN, ticket_for
from tests.domain.test_images import corners, like
from tests.pictures import BLUE, GREEN, RED, WHITE, quarters, saved
from tests.postgres import fresh_database
from tests.standins.chat import Fault, Manner, images_of
from tests.standins.fastgpt import FastGPT
from tests.standins.http import Request
from tests.standins.openai import OpenAI
from tests.standins.stepfun import StepFun
from tests.waiting import until

SEND = """mutation Send($input: SendImageInput!) {
  sendImage(input: $input) {
    session { id lastSeq } message { id seq kind content state files { id url mime state } }
    reply { id state content errorCode } duplicate
  }
}"""
FILES = "query($id: ID!) { session(id: $id) { messages { nodes { seq kind content state files { id state } } } } }"
CONFIG = """{ clientConfig {
  maxImageBytes imageMimeTypes maxTextLength assistants { slug acceptsImages }
} }"""


class SeeingStepFun(StepFun):
    """Really looks: downloads addresses, decodes data URIs. `seen`: what it found, `links`: how many it downloaded."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.seen: list[bytes] = []
        self.links = 0

    def _image_problem(self, url: str) -> tuple[int, str] | None:
        if url.startswith("data:"):
            problem = super()._image_problem(url)
            if problem is None:
                self.seen.append(base64.b64decode(url.partition(",")[2]))
            return problem
        self.links += 1
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            self.seen.append(answer.read())
        return None


class Clinic(NamedTuple):
    """FastGPT answers texts, StepFun looks at pictures; `openai` is asked by an assistant of its own."""

    house: House
    admin: Person
    stepfun: SeeingStepFun
    fastgpt: FastGPT
    openai: OpenAI
    apis: dict[str, str]

    @property
    def people(self) -> People:
        return self.house.people


@pytest.fixture(scope="module")
def stepfun() -> Iterator[SeeingStepFun]:
    with SeeingStepFun() as vendor:
        yield vendor


@pytest.fixture(scope="module")
def fastgpt() -> Iterator[FastGPT]:
    with FastGPT() as vendor:
        yield vendor


@pytest.fixture(scope="module")
def openai() -> Iterator[OpenAI]:
    with OpenAI() as vendor:
        yield vendor


@pytest_asyncio.fixture(scope="module", params=KINDS)
async def clinic(
    request: pytest.FixtureRequest,
    postgres: EmbeddedServer,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    stepfun: SeeingStepFun,
    fastgpt: FastGPT,
    openai: OpenAI,
) -> AsyncIterator[Clinic]:
    given = {
        "fastgpt_base_url": fastgpt.base_url,
        "fastgpt_api_key": fastgpt.key,
        "step_base_url": stepfun.base_url,
        "step_api_key": stepfun.key,
        "step_model": stepfun.models[0],
        "openai_base_url": openai.base_url,
        "openai_api_key": openai.key,
        "openai_model": openai.models[0],
    }
    with fresh_database(postgres, template_database) as dsn:
        async with house_over(request.param, dsn, tmp_path_factory.mktemp("data"), **given) as house:
            admin = await house.people.admin(ADMIN_PASSWORD)
            apis = {each["name"]: each["id"] for each in (await admin.ask("{ apiConfigs { id name } }"))["apiConfigs"]}
            yield Clinic(house, admin, stepfun, fastgpt, openai, apis)


@pytest_asyncio.fixture
async def patient(clinic: Clinic) -> Person:
    return await clinic.people.patient()


async def assistant_seeing_by(clinic: Clinic, name: str, text: str | None = None) -> str:
    """The slug of a new one."""
    slug = f"a{new_key()[:8]}"
    given: Json = {"slug": slug, "roleName": "看图", "prompt": "看图", "imageApiId": clinic.apis[name]}
    if text is not None:
        given["textApiId"] = clinic.apis[text]
    await clinic.admin.ask("mutation($i: DialogConfigInput!) { createDialogConfig(input: $i) { id } }", i=given)
    return slug


@asynccontextmanager
async def blindness(clinic: Clinic) -> AsyncGenerator[None, None]:
    """Nobody looks at pictures meanwhile."""
    switch = "mutation($id: ID!, $on: Boolean) { updateApiConfig(id: $id, input: {enabled: $on}) { enabled } }"
    await clinic.admin.ask(switch, id=clinic.apis["StepFun"], on=False)
    yield
    await clinic.admin.ask(switch, id=clinic.apis["StepFun"], on=True)


async def show(person: Person, files: list[Json], **more: object) -> Json:
    given = {"fileIds": [file["id"] for file in files], "clientKey": new_key(), **more}
    payload: Json = (await person.ask(SEND, input=given))["sendImage"]
    return payload


def asked_of(vendor: StepFun | OpenAI | FastGPT) -> tuple[str | None, list[str]]:
    """The text and the picture addresses of the newest question to a vendor."""
    request: Request = vendor.requests[-1]
    message: Json = request.json()["messages"][-1]
    content: Any = message["content"]
    texts = [part["text"] for part in content if part["type"] == "text"] if isinstance(content, list) else [content]
    return next(iter(texts), None), [image["url"] for image in images_of(message)]


async def test_a_photo_is_sent_seen_by_the_model_and_answered_in_a_stream(clinic: Clinic, patient: Person) -> None:
    file = await upload(patient, photo())
    clinic.stepfun.seen.clear()
    links = clinic.stepfun.links
    sent = await show(patient, [file], text="这是什么疹子？")
    assert (sent["message"]["kind"], sent["message"]["content"], sent["reply"]["state"]) == (
        "IMAGE",
        "这是什么疹子？",
        "PENDING",
    )
    events = [event["data"]["replyStream"] async for event in patient.watch(WATCH, id=sent["reply"]["id"])]
    text = "".join(event["text"] for event in events[:-1])
    assert events[-1]["message"] == {"content": text, "state": "COMPLETE"}
    assert "这是什么疹子" in text
    [seen] = clinic.stepfun.seen
    assert clinic.stepfun.links - links == (0 if clinic.house.kind == "disk" else 1)
    assert seen == (await read(file["url"])).content
    assert b"Secret" not in seen
    assert not opened(seen).getexif()
    assert like(corners(opened(seen)), [BLUE, RED, WHITE, GREEN])


async def test_nine_pictures_keep_their_order(clinic: Clinic, patient: Person) -> None:
    files = [await upload(patient, saved(quarters(32 + 16 * n, 32), "PNG")) for n in range(9)]
    clinic.stepfun.seen.clear()
    sent = await show(patient, files, wait=True)
    assert sent["message"]["content"] == ""
    assert [file["id"] for file in sent["message"]["files"]] == [file["id"] for file in files]
    assert [opened(seen).width for seen in clinic.stepfun.seen] == [32 + 16 * n for n in range(9)]
    assert sent["reply"]["state"] == "COMPLETE"


async def test_the_same_client_key_many_times_is_one_message(clinic: Clinic, patient: Person) -> None:
    file = await upload(patient, photo())
    given = {"fileIds": [file["id"]], "clientKey": new_key()}
    answers = await asyncio.gather(*(patient.ask(SEND, input=given) for _ in range(20)))
    payloads = [answer["sendImage"] for answer in answers]
    assert {payload["message"]["id"] for payload in payloads} == {payloads[0]["message"]["id"]}
    assert [payload["duplicate"] for payload in payloads].count(False) == 1
    assert {file["id"] for payload in payloads for file in payload["message"]["files"]} == {file["id"]}
    sessions = await patient.ask("{ me { sessions { nodes { lastSeq } } } }")
    assert sessions["me"]["sessions"]["nodes"] == [{"lastSeq": 2}]


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_none_ten_or_twice_the_same_are_refused(clinic: Clinic, patient: Person) -> None:
    file = await upload(patient, photo())
    for ids in ([], [file["id"]] * 2, [file["id"], *(f"{UNKNOWN[:-1]}{n}" for n in range(9))]):
        refusal = await patient.refused(SEND, input={"fileIds": ids, "clientKey": new_key()})
        assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "fileIds")
    long = await patient.refused(SEND, input={"fileIds": [file["id"]], "clientKey": new_key(), "text": "长" * 4001})
    assert (long.code, long.field) == ("BAD_USER_INPUT", "text")


@pytest.mark.parametrize("what", ["foreign", "unknown", "malformed", "pending", "a paper", "deleted"])
@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_what_is_not_ones_own_picture_is_not_sent(clinic: Clinic, patient: Person, what: str) -> None:
    good = await upload(patient, photo())
    deleted = await upload(patient, photo())
    await patient.ask(DELETE, id=deleted["id"])
    ids = {
        "foreign": (await upload(await clinic.people.patient(), photo()))["id"],
        "unknown": UNKNOWN,
        "malformed": "1 OR 1=1",
        "pending": (await ticket_for(patient, photo()))["file"]["id"],
        "a paper": (await upload(patient, PDF, "REPORT"))["id"],
        "deleted": deleted["id"],
    }
    refusal = await patient.refused(SEND, input={"fileIds": [good["id"], ids[what]], "clientKey": new_key()})
    assert (refusal.code, refusal.field, refusal.message) == ("NOT_FOUND", "fileIds", "没有找到图片，请重新上传")
    assert (await patient.ask("{ me { sessions { nodes { id } } } }"))["me"]["sessions"]["nodes"] == []


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_an_assistant_that_sees_nothing_says_so_before_anything_is_stored(
    clinic: Clinic, patient: Person
) -> None:
    file = await upload(patient, photo())
    async with blindness(clinic):
        assert {each["acceptsImages"] for each in (await patient.ask(CONFIG))["clientConfig"]["assistants"]} == {False}
        refusal = await patient.refused(SEND, input={"fileIds": [file["id"]], "clientKey": new_key()})
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "fileIds")
    assert refusal.message == "这个助手看不了图片，请用文字描述"
    assert (await patient.ask("{ me { sessions { nodes { id } } } }"))["me"]["sessions"]["nodes"] == []
    assert (await show(patient, [file]))["reply"]["state"] == "PENDING"


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_people_show_each_other_pictures_without_any_ai(clinic: Clinic, patient: Person) -> None:
    other = await clinic.people.patient()
    group = await patient.ask('mutation($m: [ID!]) { createGroup(name: "组", memberIds: $m) { id } }', m=[other.id])
    async with blindness(clinic):
        sent = await show(patient, [await upload(patient, photo())], sessionId=group["createGroup"]["id"])
    assert sent["reply"] is None
    seen = await other.ask(FILES, id=group["createGroup"]["id"])
    assert seen["session"]["messages"]["nodes"][0]["files"] == [
        {"id": sent["message"]["files"][0]["id"], "state": "READY"}
    ]


@pytest.mark.parametrize(
    ("status", "words", "code"),
    [
        (451, "", "CONTENT_BLOCKED"),
        (402, "", "UPSTREAM_UNAVAILABLE"),
        (400, "image size exceeds the limit of 20MB", "PAYLOAD_TOO_LARGE"),
        (400, "unsupported image format", "BAD_USER_INPUT"),
    ],
)
@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_what_a_vendor_does_not_take_is_a_clear_reply_error(
    clinic: Clinic, patient: Person, status: int, words: str, code: str
) -> None:
    file = await upload(patient, photo())
    clinic.stepfun.script.append(Manner(fault=Fault.STATUS, status=status, message=words))
    sent = await show(patient, [file], wait=True)
    assert (sent["reply"]["state"], sent["reply"]["errorCode"]) == ("FAILED", code)
    assert sent["message"]["files"][0]["state"] == "READY"


async def test_an_inner_openai_server_gets_the_picture_itself(clinic: Clinic, patient: Person) -> None:
    slug = await assistant_seeing_by(clinic, "OpenAI")
    file = await upload(patient, photo())
    sent = await show(patient, [file], assistant=slug, text="看看", wait=True)
    assert sent["reply"]["state"] == "COMPLETE"
    text, [address] = asked_of(clinic.openai)
    assert text == "看看"
    assert base64.b64decode(address.removeprefix("data:image/jpeg;base64,")) == (await read(file["url"])).content


async def test_fastgpt_gets_an_address_it_can_download(clinic: Clinic, patient: Person) -> None:
    slug = await assistant_seeing_by(clinic, "FastGPT")
    file = await upload(patient, photo())
    assert (await show(patient, [file], assistant=slug, wait=True))["reply"]["state"] == "COMPLETE"
    _, [address] = asked_of(clinic.fastgpt)
    if clinic.house.kind == "disk":
        assert address.startswith("data:image/jpeg;base64,")
    else:
        assert (await read(address)).content == (await read(file["url"])).content


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_a_later_text_goes_to_whoever_answers_texts(clinic: Clinic, patient: Person) -> None:
    session = (await show(patient, [await upload(patient, photo())], text="疹子", wait=True))["session"]["id"]
    await say(patient, "严重吗？", sessionId=session, wait=True)
    told = clinic.fastgpt.requests[-1].json()["messages"]
    assert [turn["content"] for turn in told if turn["role"] == "user"] == ["[图片]疹子", "严重吗？"]


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_a_model_for_both_still_sees_the_pictures_of_before(clinic: Clinic, patient: Person) -> None:
    slug = await assistant_seeing_by(clinic, "OpenAI", text="OpenAI")
    session = (await show(patient, [await upload(patient, photo())], assistant=slug, wait=True))["session"]["id"]
    await say(patient, "严重吗？", sessionId=session, wait=True)
    told = clinic.openai.requests[-1].json()["messages"]
    assert [len(images_of(turn)) for turn in told if turn["role"] == "user"] == [1, 0]


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_asking_again_shows_the_picture_again(clinic: Clinic, patient: Person) -> None:
    sent = await show(patient, [await upload(patient, photo())], wait=True)
    clinic.stepfun.seen.clear()
    again = "mutation($id: ID!, $key: String!) { regenerateReply(messageId: $id, clientKey: $key) { reply { id } } }"
    reply = (await patient.ask(again, id=sent["reply"]["id"], key=new_key()))["regenerateReply"]["reply"]["id"]
    events = [event async for event in patient.watch(WATCH, id=reply)]
    assert events[-1]["data"]["replyStream"]["__typename"] == "ReplyDone"
    assert len(clinic.stepfun.seen) == 1


@pytest.mark.parametrize("clinic", ["cos", "s3"], indirect=True)
async def test_a_store_that_is_down_fails_the_reply_and_not_the_chat(clinic: Clinic, patient: Person) -> None:
    slug = await assistant_seeing_by(clinic, "OpenAI")
    file = await upload(patient, photo())
    assert clinic.house.vendor is not None
    clinic.house.vendor.refuse()
    sent = await show(patient, [file], assistant=slug, wait=True)
    clinic.house.vendor.listen()
    assert (sent["message"]["state"], sent["reply"]["state"], sent["reply"]["errorCode"]) == (
        "SENT",
        "FAILED",
        "UPSTREAM_UNAVAILABLE",
    )


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_an_app_learns_what_it_may_send(clinic: Clinic) -> None:
    config = (await clinic.people.stranger().ask(CONFIG))["clientConfig"]
    assert (config["maxImageBytes"], config["maxTextLength"]) == (10_485_760, 4_000)
    assert {"image/jpeg", "image/png", "image/heic"} < set(config["imageMimeTypes"])
    assert {"slug": "general", "acceptsImages": True} in config["assistants"]


# ---- who sees them, and until when


async def group_of(owner: Person, *others: Person) -> str:
    created = 'mutation($m: [ID!]) { createGroup(name: "组", memberIds: $m, aiMode: OFF) { id } }'
    session: str = (await owner.ask(created, m=[other.id for other in others]))["createGroup"]["id"]
    return session


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_members_see_pictures_and_nobody_else_does(clinic: Clinic, patient: Person) -> None:
    doctor, late, stranger = [await clinic.people.patient() for _ in range(3)]
    await become(clinic.house.app, doctor, CareRole.DOCTOR)
    session = await group_of(patient, doctor)
    file = await upload(patient, photo())
    sent = await show(patient, [file], sessionId=session)
    await patient.ask(
        "mutation($s: ID!, $u: [ID!]!) { addMembers(sessionId: $s, userIds: $u) { id } }", s=session, u=[late.id]
    )
    assert [node["files"] for node in (await doctor.ask(FILES, id=session))["session"]["messages"]["nodes"]] == [
        [{"id": file["id"], "state": "READY"}]
    ]
    assert (await late.ask(FILES, id=session))["session"]["messages"]["nodes"] == []
    message = "query($id: ID!) { message(id: $id) { files { id } } }"
    assert (await stranger.refused(message, id=sent["message"]["id"])).code == "NOT_FOUND"
    assert (await late.refused(message, id=sent["message"]["id"])).code == "NOT_FOUND"
    assert (await doctor.refused(FILE, id=file["id"])).code == "NOT_FOUND"
    assert (await doctor.refused(SEND, input={"fileIds": [file["id"]], "clientKey": "k"})).code == "NOT_FOUND"
    assert (await doctor.refused(DELETE, id=file["id"])).code == "NOT_FOUND"


@pytest.mark.parametrize("clinic", ["disk"], indirect=True)
async def test_admins_see_what_was_asked_but_no_picture(clinic: Clinic, patient: Person) -> None:
    sent = await show(patient, [await upload(patient, photo())], text="隐私", wait=True)
    query = """query($s: ID!) { aiInteractions(sessionId: $s) { nodes {
      userMessage { content files { id } } requestContent } } }"""
    [node] = (await clinic.admin.ask(query, s=sent["session"]["id"]))["aiInteractions"]["nodes"]
    assert node["userMessage"] == {"content": "隐私", "files": []}
    assert node["requestContent"]["messages"][-1] == {"role": "user", "content": "隐私", "images": 1}


async def test_a_deleted_picture_leaves_the_senders_own_conversation(clinic: Clinic, patient: Person) -> None:
    file = await upload(patient, photo())
    session = (await show(patient, [file], wait=True))["session"]["id"]
    await patient.ask(DELETE, id=file["id"])
    [asked, _] = (await patient.ask(FILES, id=session))["session"]["messages"]["nodes"]
    assert (asked["kind"], asked["state"], asked["files"]) == ("IMAGE", "SENT", [])
    await until(lambda: not [key for key in clinic.house.objects() if file["id"] in key])


async def test_a_picture_in_a_group_stays_until_its_last_message_goes(clinic: Clinic, patient: Person) -> None:
    other = await clinic.people.patient()
    one, two = await group_of(patient, other), await group_of(patient, other)
    file = await upload(patient, photo())
    sent = [await show(patient, [file], sessionId=session) for session in (one, two)]
    await patient.ask(DELETE, id=file["id"])
    assert (await patient.refused(FILE, id=file["id"])).code == "NOT_FOUND"
    assert (await patient.refused(SEND, input={"fileIds": [file["id"]], "clientKey": new_key()})).code == "NOT_FOUND"
    recall = "mutation($id: ID!) { recallMessage(id: $id) { state content files { id } } }"
    recalled = (await patient.ask(recall, id=sent[0]["message"]["id"]))["recallMessage"]
    assert recalled == {"state": "RECALLED", "content": "", "files": []}
    [node] = (await other.ask(FILES, id=two))["session"]["messages"]["nodes"]
    assert node["files"] == [{"id": file["id"], "state": "READY"}]
    assert len([key for key in clinic.house.objects() if file["id"] in key]) == 2
    await patient.ask("mutation($s: ID!) { deleteSession(id: $s) }", s=two)
    await until(lambda: not [key for key in clinic.house.objects() if file["id"] in key])


async def test_pictures_of_a_deleted_session_go_with_it(clinic: Clinic, patient: Person) -> None:
    gone, kept = await upload(patient, photo()), await upload(patient, photo())
    session = (await show(patient, [gone, kept], wait=True))["session"]["id"]
    await show(patient, [kept])
    await patient.ask("mutation($s: ID!) { deleteSession(id: $s) }", s=session)
    await until(lambda: not [key for key in clinic.house.objects() if gone["id"] in key])
    assert len([key for key in clinic.house.objects() if kept["id"] in key]) == 2
    assert (await patient.ask(FILE, id=kept["id"]))["file"]["state"] == "READY"
