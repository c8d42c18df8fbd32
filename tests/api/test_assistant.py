"""Setting up assistants over the API: …"""

from collections.abc import Iterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from tests.api.client import Json, People, Person, new_key
from tests.api.serving import Served
from tests.api.test_chat import say
from tests.standins.coze import Coze
from tests.standins.fastgpt import FastGPT
from tests.standins.openai import OpenAI
from tests.standins.stepfun import StepFun

CREATE_API = """mutation($i: ApiConfigInput!) { createApiConfig(input: $i) {
  id name type baseUrl apiKeyHint defaultModel timeoutMs enabled fallback { id } breaker { open failures retryAt }
} }"""
UPDATE_API = """mutation($id: ID!, $i: ApiConfigInput!) { updateApiConfig(id: $id, input: $i) {
  name apiKeyHint defaultModel enabled fallback { id }
} }"""
TEST_API = """mutation($id: ID!) { testApiConfig(id: $id) { ok status firstTokenMs durationMs sample error } }"""
CREATE_DIALOG = """mutation($i: DialogConfigInput!) { createDialogConfig(input: $i) {
  id slug roleName prompt greeting textApi { id } enabled
} }"""
UPDATE_DIALOG = (
    "mutation($id: ID!, $i: DialogConfigInput!) { updateDialogConfig(id: $id, input: $i) { prompt greeting } }"
)


@pytest.fixture(scope="module")
def fastgpt() -> Iterator[FastGPT]:
    with FastGPT() as vendor:
        yield vendor


@pytest_asyncio.fixture
async def api(admin: Person, fastgpt: FastGPT) -> Json:
    """A FastGPT that is never chosen by itself, so that other tests keep the demonstration."""
    given = {"name": new_key(), "type": "FASTGPT", "baseUrl": fastgpt.base_url, "apiKey": fastgpt.key, "enabled": False}
    created: Json = (await admin.ask(CREATE_API, i=given))["createApiConfig"]
    return created


async def test_a_key_is_never_readable(admin: Person, api: Json, fastgpt: FastGPT, app: Served) -> None:
    everything = await admin.ask("{ apiConfigs { id name type baseUrl apiKeyHint } }")
    async with app.house.database.transaction() as connection:
        rows = (await connection.execute(text("SELECT * FROM api_configs"))).all()
    assert api["apiKeyHint"] == fastgpt.key[-4:]
    assert fastgpt.key not in str(everything)
    assert fastgpt.key not in str(rows)


async def test_a_trial_question_shows_whether_it_works(admin: Person, api: Json) -> None:
    good = (await admin.ask(TEST_API, id=api["id"]))["testApiConfig"]
    await admin.ask(UPDATE_API, id=api["id"], i={"apiKey": "a-wrong-key-that-is-long"})
    bad = (await admin.ask(TEST_API, id=api["id"]))["testApiConfig"]
    assert (good["ok"], good["status"], good["error"]) == (True, 200, None)
    assert "你好" in good["sample"]
    assert bad["ok"] is False
    assert "a-wrong-key" not in str(bad)


KINDS: dict[str, tuple[type[FastGPT | OpenAI | StepFun | Coze], str | None]] = {
    "FASTGPT": (FastGPT, None),
    "OPENAI_COMPATIBLE": (OpenAI, "standin-chat"),
    "STEP_VISION": (StepFun, StepFun.models[0]),
    "COZE": (Coze, Coze.bots[0]),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_provider_can_be_tried(admin: Person, kind: str) -> None:
    maker, model = KINDS[kind]
    with maker() as vendor:
        given = {"name": new_key(), "type": kind, "baseUrl": vendor.base_url, "apiKey": vendor.key}
        made = (await admin.ask(CREATE_API, i=given | {"enabled": False, "defaultModel": model}))["createApiConfig"]
        tried = (await admin.ask(TEST_API, id=made["id"]))["testApiConfig"]
    away = (await admin.ask(TEST_API, id=made["id"]))["testApiConfig"]
    assert (tried["ok"], tried["status"], tried["error"]) == (True, 200, None)
    assert tried["sample"]
    assert (away["ok"], away["status"], bool(away["error"])) == (False, None, True)


async def test_what_is_left_out_stays_and_null_removes(admin: Person, api: Json) -> None:
    named = (await admin.ask(UPDATE_API, id=api["id"], i={"defaultModel": "m"}))["updateApiConfig"]
    removed = (await admin.ask(UPDATE_API, id=api["id"], i={"defaultModel": None, "apiKey": None}))["updateApiConfig"]
    assert (named["name"], named["apiKeyHint"], named["defaultModel"]) == (api["name"], api["apiKeyHint"], "m")
    assert (removed["name"], removed["apiKeyHint"], removed["defaultModel"]) == (api["name"], None, None)


async def test_fallbacks_never_lead_back(admin: Person, api: Json, fastgpt: FastGPT) -> None:
    second = {"name": new_key(), "type": "FASTGPT", "baseUrl": fastgpt.base_url, "enabled": False}
    other = (await admin.ask(CREATE_API, i=second | {"fallbackId": api["id"]}))["createApiConfig"]
    round_trip = await admin.refused(UPDATE_API, id=api["id"], i={"fallbackId": other["id"]})
    itself = await admin.refused(UPDATE_API, id=api["id"], i={"fallbackId": api["id"]})
    assert other["fallback"] == {"id": api["id"]}
    assert {(round_trip.code, round_trip.field), (itself.code, itself.field)} == {("BAD_USER_INPUT", "fallbackId")}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": None}, "BAD_USER_INPUT", "name"),
        ({"baseUrl": "ftp://x"}, "BAD_USER_INPUT", "baseUrl"),
        ({"baseUrl": "http://user:secret@host/"}, "BAD_USER_INPUT", "baseUrl"),
        ({"type": "DEMO"}, "BAD_USER_INPUT", "type"),
        ({"timeoutMs": 10}, "BAD_USER_INPUT", "timeoutMs"),
        ({"firstTokenTimeoutMs": 99}, "BAD_USER_INPUT", "firstTokenTimeoutMs"),
        ({"idleTimeoutMs": 600_001}, "BAD_USER_INPUT", "idleTimeoutMs"),
        ({"apiKey": "密钥"}, "BAD_USER_INPUT", "apiKey"),
        ({"fallbackId": "nobody"}, "BAD_USER_INPUT", "fallbackId"),
    ],
)
async def test_a_provider_that_makes_no_sense_is_refused(admin: Person, changes: Json, code: str, field: str) -> None:
    name = new_key()
    given = {"name": name, "type": "FASTGPT", "baseUrl": "http://127.0.0.1:9/api", "enabled": False}
    refusal = await admin.refused(CREATE_API, i=given | changes)
    names = [config["name"] for config in (await admin.ask("{ apiConfigs { name } }"))["apiConfigs"]]
    assert (refusal.code, refusal.field) == (code, field)
    assert name not in names


async def test_a_name_is_given_once(admin: Person, api: Json) -> None:
    given = {"name": api["name"], "type": "FASTGPT", "baseUrl": "http://127.0.0.1:9/api", "enabled": False}
    refusal = await admin.refused(CREATE_API, i=given)
    assert (refusal.code, refusal.field) == ("CONFLICT", "name")


async def test_patients_see_assistants_but_not_how_they_are_set_up(patient: Person) -> None:
    found = (await patient.ask("{ assistants { slug roleName greeting acceptsImages } }"))["assistants"]
    assert [assistant["slug"] for assistant in found[:4]] == ["general", "physical", "mental", "recorder"]
    for query in ("{ apiConfigs { id } }", "{ dialogConfigs { prompt } }", '{ dialogConfig(id: "x") { prompt } }'):
        assert (await patient.refused(query)).code == "FORBIDDEN"


async def test_an_assistant_can_be_on_coze(admin: Person, people: People) -> None:
    with Coze() as coze:
        given = {"name": new_key(), "type": "COZE", "baseUrl": coze.base_url, "apiKey": coze.key, "enabled": True}
        bot = (await admin.ask(CREATE_API, i=given | {"defaultModel": coze.bots[0]}))["createApiConfig"]
        slug = f"c{new_key()[:8]}"
        dialog = {"slug": slug, "roleName": "身体", "prompt": "你是助手", "textApiId": bot["id"]}
        created = (await admin.ask(CREATE_DIALOG, i=dialog))["createDialogConfig"]
        patient = await people.patient()
        sent = await say(patient, "你好", assistant=slug, wait=True)
        await admin.ask("mutation($id: ID!) { deleteApiConfig(id: $id) }", id=bot["id"])
    assert created["textApi"] == {"id": bot["id"]}
    assert sent["reply"]["state"] == "COMPLETE"
    assert sent["reply"]["content"] == coze.sent[-1]
    assert coze.requests[-1].json()["bot_id"] == coze.bots[0]


async def test_a_disabled_assistant_cannot_be_talked_to(admin: Person, people: People) -> None:
    slug = f"d{new_key()[:8]}"
    created = (await admin.ask(CREATE_DIALOG, i={"slug": slug, "roleName": "x", "prompt": "p"}))["createDialogConfig"]
    await admin.ask(UPDATE_DIALOG, id=created["id"], i={"enabled": False})
    patient = await people.patient()
    send = "mutation($i: SendTextInput!) { sendText(input: $i) { duplicate } }"
    refusal = await patient.refused(send, i={"text": "hi", "clientKey": new_key(), "assistant": slug})
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "assistant")
