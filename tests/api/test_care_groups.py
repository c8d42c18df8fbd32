"""Patients, a doctor and a model in one group: …"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from domain.viewer import CareRole
from persistence.embedded.server import EmbeddedServer
from persistence.tables.assistant import ai_interactions
from tests.api.client import Json, People, Person, Refusal, http_client, new_key
from tests.api.roles import become
from tests.api.serving import Served, served, settings_for
from tests.api.test_chat import WATCH, say
from tests.api.test_events import USER_EVENTS, now, until
from tests.api.test_groups import CREATE, REMOVE, Ward
from tests.postgres import fresh_database
from tests.standins.chat import Fault, Manner
from tests.standins.fastgpt import FastGPT

HISTORY = """query($s: ID!) { session(id: $s) { messages(last: 20) {
  nodes { seq senderRole kind state content errorCode } } } }"""
AGAIN = "mutation($id: ID!, $k: String!) { regenerateReply(messageId: $id, clientKey: $k) { reply { id } } }"
RECALL = "mutation($id: ID!) { recallMessage(id: $id) { state } }"
REPLY = "query($id: ID!) { message(id: $id) { state content } }"


@pytest.fixture(scope="module")
def fastgpt() -> Iterator[FastGPT]:
    with FastGPT() as vendor:
        yield vendor


@pytest_asyncio.fixture(scope="module")
async def app(
    postgres: EmbeddedServer, template_database: str, tmp_path_factory: pytest.TempPathFactory, fastgpt: FastGPT
) -> AsyncIterator[Served]:
    folder: Path = tmp_path_factory.mktemp("data")
    vendor = {"fastgpt_base_url": fastgpt.base_url, "fastgpt_api_key": fastgpt.key}
    with fresh_database(postgres, template_database) as dsn:
        async with served(settings_for(dsn, folder, **vendor)) as running:
            yield running


@pytest_asyncio.fixture(scope="module")
async def people(app: Served) -> AsyncIterator[People]:
    async with http_client(app.port) as http:
        yield People(app.port, http)


@pytest_asyncio.fixture
async def ward(people: People, app: Served, fastgpt: FastGPT) -> Ward:
    fastgpt.script.clear()
    fastgpt.manner = Manner()
    owner, patient, doctor = [await people.patient() for _ in range(3)]
    await become(app, doctor, CareRole.DOCTOR)
    created = await owner.ask(CREATE, members=[patient.id, doctor.id])
    return Ward(owner, patient, doctor, created["createGroup"]["id"])


async def history(person: Person, session: str) -> list[Json]:
    nodes: list[Json] = (await person.ask(HISTORY, s=session))["session"]["messages"]["nodes"]
    return nodes


async def test_everybody_hears_a_patient_the_answer_and_a_doctor(ward: Ward, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(text="可以吃。")
    everybody = (ward.owner, ward.patient, ward.doctor)
    starts = [await now(person) for person in everybody]
    listening = [asyncio.create_task(until(person, 4, start)) for person, start in zip(everybody, starts, strict=True)]
    await say(ward.patient, "能吃鸡蛋吗", sessionId=ward.session, wait=True)
    told = await say(ward.doctor, "煮熟即可", sessionId=ward.session)
    async with asyncio.timeout(10):
        heard = await asyncio.gather(*listening)
    assert told["reply"] is None
    assert len(fastgpt.requests) > 0
    assert heard[0] == heard[1] == heard[2]
    assert [(event["__typename"], event["message"]["seq"]) for event in heard[0]] == [
        ("MessageAdded", 1),
        ("MessageAdded", 2),
        ("MessageUpdated", 2),
        ("MessageAdded", 3),
    ]
    assert heard[0][2]["message"] == {"seq": 2, "content": "可以吃。", "state": "COMPLETE"}


async def test_when_the_model_is_away_people_still_talk_and_may_ask_again(ward: Ward, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(fault=Fault.STATUS, status=500)
    start = await now(ward.owner)
    failed = await say(ward.patient, "能吃鸡蛋吗", sessionId=ward.session, wait=True)
    await say(ward.doctor, "我来回答：可以", sessionId=ward.session)
    events = await until(ward.owner, 4, start)
    fastgpt.manner = Manner(text="可以吃。")
    again = (await ward.patient.ask(AGAIN, id=failed["reply"]["id"], k=new_key()))["regenerateReply"]["reply"]
    async with asyncio.timeout(10), aclosing(ward.doctor.watch(WATCH, id=again["id"])) as watching:
        last = [event["data"]["replyStream"] async for event in watching][-1]
    assert (events[2]["__typename"], events[2]["message"]["state"]) == ("MessageUpdated", "FAILED")
    assert last["message"] == {"content": "可以吃。", "state": "COMPLETE"}
    told = [(node["senderRole"], node["state"], node["errorCode"]) for node in await history(ward.owner, ward.session)]
    assert told == [
        ("PATIENT", "SENT", None),
        ("AI_ASSISTANT", "FAILED", "UPSTREAM_UNAVAILABLE"),
        ("DOCTOR", "SENT", None),
        ("AI_ASSISTANT", "COMPLETE", None),
    ]


async def test_a_doctors_word_does_not_stop_an_answer_and_another_patients_waits(ward: Ward, fastgpt: FastGPT) -> None:
    fastgpt.script.extend([Manner(text="第一" * 20, piece=1, tokens_per_s=60), Manner(text="第二")])
    first = await say(ward.patient, "一", sessionId=ward.session)
    async with aclosing(ward.patient.watch(WATCH, id=first["reply"]["id"])) as watching:
        await anext(watching)
        await say(ward.doctor, "稍等", sessionId=ward.session)
        second = await say(ward.owner, "二", sessionId=ward.session, wait=True)
    texts = {node["seq"]: node["content"] for node in await history(ward.doctor, ward.session)}
    assert second["reply"]["content"] == "第二"
    assert texts == {1: "一", 2: "第一" * 20, 3: "稍等", 4: "二", 5: "第二"}


async def test_a_removed_member_sees_no_further_word_of_an_answer(ward: Ward, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(text="话" * 400, piece=1, tokens_per_s=50)
    asked = await say(ward.owner, "请说", sessionId=ward.session)
    async with asyncio.timeout(5), aclosing(ward.patient.watch(WATCH, id=asked["reply"]["id"])) as watching:
        await anext(watching)
        await ward.doctor.ask(REMOVE, s=ward.session, u=ward.patient.id)
        rest = [event async for event in watching]
    still = (await ward.owner.ask(REPLY, id=asked["reply"]["id"]))["message"]["state"]
    assert Refusal.of(rest[-1]).code == "NOT_FOUND"
    assert len(rest) <= 3, "what was on its way already, and the end"
    assert still == "STREAMING"
    await ward.owner.ask("mutation($id: ID!) { stopReply(messageId: $id) { id } }", id=asked["reply"]["id"])


async def test_whoever_comes_back_after_a_recall_is_not_told_the_words(ward: Ward) -> None:
    start = await now(ward.owner)
    async with asyncio.timeout(10), aclosing(ward.owner.watch(USER_EVENTS, after=start)) as watching:
        for text in ("早", "好"):
            await say(ward.doctor, text, sessionId=ward.session)
            place = (await about_message(watching))["cursor"]
        said = await say(ward.doctor, "发错了", sessionId=ward.session)
        heard = await about_message(watching)
        await ward.doctor.ask(RECALL, id=said["message"]["id"])
        recalled = await about_message(watching)
        again = await until(ward.patient, 2, place)
    assert [event["message"]["content"] for event in (heard, recalled)] == ["发错了", ""]
    assert [(event["__typename"], event["message"]["content"]) for event in again] == [
        ("MessageAdded", ""),
        ("MessageUpdated", ""),
    ]


async def about_message(watching: AsyncGenerator[Json, None]) -> Json:
    """The next event that is about a message."""
    while "message" not in (event := (await anext(watching))["data"]["userEvents"]):
        pass
    return dict(event)


async def test_a_recalled_question_is_answered_no_further_and_its_words_go(
    ward: Ward, fastgpt: FastGPT, app: Served
) -> None:
    fastgpt.script.extend([Manner(text="早前"), Manner(text="说" * 400, piece=1, tokens_per_s=50)])
    earlier = await say(ward.patient, "别的事", sessionId=ward.session, wait=True)
    asked = await say(ward.patient, "秘密的事", sessionId=ward.session)
    async with asyncio.timeout(10), aclosing(ward.owner.watch(WATCH, id=asked["reply"]["id"])) as watching:
        await anext(watching)
        await ward.patient.ask(RECALL, id=asked["message"]["id"])
        last = [event["data"]["replyStream"] async for event in watching][-1]
    async with app.house.database.transaction() as connection:
        query = select(ai_interactions).where(ai_interactions.c.session_id == ward.session)
        kept = {row["reply_seq"]: row for row in (await connection.execute(query)).all()}
    assert last["message"]["state"] == "STOPPED"
    assert [node["content"] for node in await history(ward.doctor, ward.session)][2] == ""
    assert kept[2]["request_content"]["messages"][-1]["content"] == "别的事", earlier
    assert (kept[4]["request_content"], kept[4]["response_content"], kept[4]["error_message"]) == (None, None, None)
    assert (kept[4]["status"], kept[4]["duration_ms"] is not None) == ("STOPPED", True)
