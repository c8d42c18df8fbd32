"""Replies of a real vendor's wire format: …"""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from persistence.embedded.server import EmbeddedServer
from tests.api.client import People, Person, http_client, new_key
from tests.api.provider_faults import (
    FIRST_WORD_S,
    MESSAGE,
    TROUBLES,
    ends_in_its_code,
    hurry,
    in_good_health,
    is_made_good,
    set_fallback,
    text_of,
    watched,
)
from tests.api.serving import ADMIN_PASSWORD, Served, served, settings_for
from tests.api.test_chat import WATCH, say
from tests.postgres import fresh_database
from tests.standins.chat import Fault, Manner
from tests.standins.fastgpt import FastGPT
from tests.standins.openai import OpenAI

LETTERS = "你好，头疼怎么办？abc 123\n😀👨‍👩‍👧é"
STOP = "mutation($id: ID!) { stopReply(messageId: $id) { state content } }"
AGAIN = """mutation($id: ID!, $key: String!) { regenerateReply(messageId: $id, clientKey: $key) {
  message { seq } reply { id seq replyTo { seq } } duplicate
} }"""
INTERACTIONS = """query($s: ID!) { aiInteractions(sessionId: $s) { nodes {
  attempt status errorCode errorMessage apiConfig { name } serviceUrl requestContent responseContent
  durationMs firstTokenMs userMessage { content } reply { state } session { id messages { nodes { content } } }
} } }"""


def everyday(*names: str) -> list[Any]:
    """All troubles; those that are not named are slow."""
    assert set(names) <= TROUBLES.keys()
    return [pytest.param(name, marks=[] if name in names else [pytest.mark.slow]) for name in TROUBLES]


@pytest_asyncio.fixture(scope="module")
async def fastgpt() -> AsyncIterator[FastGPT]:
    with FastGPT() as vendor:
        yield vendor


@pytest_asyncio.fixture(scope="module")
async def openai() -> AsyncIterator[OpenAI]:
    with OpenAI() as vendor:
        yield vendor


@pytest_asyncio.fixture(scope="module")
async def app(
    postgres: EmbeddedServer,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    fastgpt: FastGPT,
    openai: OpenAI,
) -> AsyncIterator[Served]:
    """FastGPT answers, and the OpenAI-compatible server stands behind it."""
    folder: Path = tmp_path_factory.mktemp("data")
    with fresh_database(postgres, template_database) as dsn:
        settings = settings_for(
            dsn,
            folder,
            fastgpt_base_url=fastgpt.base_url,
            fastgpt_api_key=fastgpt.key,
            openai_base_url=openai.base_url,
            openai_api_key=openai.key,
            openai_model="standin-chat",
            first_word_seconds=FIRST_WORD_S,
        )
        async with served(settings) as running:
            yield running


@pytest_asyncio.fixture(scope="module")
async def people(app: Served) -> AsyncIterator[People]:
    async with http_client(app.port) as http:
        yield People(app.port, http)


@pytest_asyncio.fixture(scope="module")
async def admin(people: People) -> Person:
    admin = await people.admin(ADMIN_PASSWORD)
    await hurry(admin)
    return admin


@pytest_asyncio.fixture(autouse=True)
async def healthy(fastgpt: FastGPT, openai: OpenAI, admin: Person) -> None:
    await in_good_health(admin, fastgpt, openai)


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 50))])
async def test_deltas_message_and_vendor_say_the_same_bytes(patient: Person, fastgpt: FastGPT, seed: int) -> None:
    rng = random.Random(seed)
    text = "".join(rng.choice(LETTERS) for _ in range(rng.randint(1, 300))).strip() or "好"
    fastgpt.manner = Manner(text=text, piece=rng.randint(1, 7), cut_seed=seed, line_end=rng.choice(["\n", "\r\n"]))
    sent = await say(patient, "请说")
    events = await watched(patient, sent["reply"]["id"])
    assert text_of(events) == text == fastgpt.sent[-1]
    assert events[-1]["message"] == {"content": text, "state": "COMPLETE"}


async def test_a_repeated_send_asks_the_vendor_once(patient: Person, fastgpt: FastGPT) -> None:
    before = len(fastgpt.requests)
    given = {"text": "只问一次", "clientKey": new_key(), "wait": True}
    send = "mutation($i: SendTextInput!) { sendText(input: $i) { reply { id content } duplicate } }"
    answers = await asyncio.gather(*(patient.ask(send, i=given) for _ in range(100)))
    assert len({answer["sendText"]["reply"]["content"] for answer in answers}) == 1
    assert [answer["sendText"]["duplicate"] for answer in answers].count(False) == 1
    assert len(fastgpt.requests) == before + 1


async def test_the_vendor_gets_prompt_and_conversation_in_order(patient: Person, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(text="多喝水")
    first = await say(patient, "我感冒了", wait=True)
    await say(patient, "然后呢", sessionId=first["session"]["id"], wait=True)
    body = fastgpt.requests[-1].json()
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "user"]
    assert [message["content"] for message in body["messages"][1:]] == ["我感冒了", "多喝水", "然后呢"]
    assert "chatId" not in body


async def test_citations_are_kept(patient: Person, fastgpt: FastGPT) -> None:
    quote = {"id": "q1", "q": "少盐", "a": "", "sourceName": "指南.pdf", "sourceId": "s", "score": 0.8}
    fastgpt.manner = Manner(text="少吃盐", quotes=(quote,))
    sent = await say(patient, "血压高", wait=True)
    stored = (await patient.ask(MESSAGE, id=sent["reply"]["id"]))["message"]
    assert stored["citations"] == [{"index": 1, "title": "指南.pdf", "snippet": "少盐"}]


async def test_closing_the_socket_does_not_stop_the_reply(patient: Person, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(text="慢" * 40, piece=1, tokens_per_s=40)
    sent = await say(patient, "慢慢说")
    watching = patient.watch(WATCH, id=sent["reply"]["id"])
    await anext(watching)
    await watching.aclose()
    events = await watched(patient, sent["reply"]["id"])
    assert events[-1]["message"] == {"content": "慢" * 40, "state": "COMPLETE"}


async def test_stopping_keeps_what_was_said_and_hangs_up(patient: Person, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(text="停" * 400, piece=1, tokens_per_s=50)
    sent = await say(patient, "说很多")
    watching = patient.watch(WATCH, id=sent["reply"]["id"])
    await anext(watching)
    stopped = (await patient.ask(STOP, id=sent["reply"]["id"]))["stopReply"]
    events = [event["data"]["replyStream"] async for event in watching]
    assert stopped["state"] == "STOPPED"
    assert set(stopped["content"]) == {"停"}
    assert len(stopped["content"]) < 100
    assert events[-1]["message"] == {"content": stopped["content"], "state": "STOPPED"}
    async with asyncio.timeout(1):
        await asyncio.to_thread(fastgpt.requests[-1].gone.wait)


async def test_a_second_question_waits_behind_the_first_answer(patient: Person, fastgpt: FastGPT) -> None:
    fastgpt.script.extend([Manner(text="第一" * 10, piece=1, tokens_per_s=40), Manner(text="第二")])
    first = await say(patient, "一")
    second = await say(patient, "二", sessionId=first["session"]["id"], wait=True)
    stored = (await patient.ask(MESSAGE, id=first["reply"]["id"]))["message"]
    assert (stored["state"], stored["content"]) == ("COMPLETE", "第一" * 10)
    assert second["reply"]["content"] == "第二"
    assert [message["content"] for message in fastgpt.requests[-1].json()["messages"][1:]] == ["一", "第一" * 10, "二"]


async def test_asking_again_gives_another_reply_to_the_same_question(patient: Person, fastgpt: FastGPT) -> None:
    fastgpt.script.extend([Manner(text="甲"), Manner(text="乙")])
    sent, key = await say(patient, "问", wait=True), new_key()
    again = (await patient.ask(AGAIN, id=sent["reply"]["id"], key=key))["regenerateReply"]
    repeated = (await patient.ask(AGAIN, id=sent["reply"]["id"], key=key))["regenerateReply"]
    events = await watched(patient, again["reply"]["id"])
    assert (again["reply"]["seq"], again["reply"]["replyTo"]["seq"], again["duplicate"]) == (3, 1, False)
    assert (repeated["reply"]["id"], repeated["duplicate"]) == (again["reply"]["id"], True)
    assert text_of(events) == "乙"


async def test_a_long_poll_follows_a_reply_to_its_end(patient: Person, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(text="轮询也可以" * 8, piece=2, tokens_per_s=60)
    sent = await say(patient, "请说")
    poll = """query($id: ID!, $after: String) { replyProgress(messageId: $id, after: $after, waitMs: 5000) {
      cursor state text reset done } }"""
    text, cursor, done = "", None, False
    while not done:
        snapshot = (await patient.ask(poll, id=sent["reply"]["id"], after=cursor))["replyProgress"]
        text, cursor, done = text + snapshot["text"], snapshot["cursor"], snapshot["done"]
    assert text == "轮询也可以" * 8
    assert snapshot["state"] == "COMPLETE"


async def test_rating_is_the_raters_own(patient: Person) -> None:
    sent = await say(patient, "问", wait=True)
    rate = """mutation($id: ID!, $r: Rating) { rateReply(messageId: $id, rating: $r, reasons: ["清楚"]) {
      myFeedback { rating reasons comment } } }"""
    liked = (await patient.ask(rate, id=sent["reply"]["id"], r="LIKE"))["rateReply"]["myFeedback"]
    changed = (await patient.ask(rate, id=sent["reply"]["id"], r="DISLIKE"))["rateReply"]["myFeedback"]
    back = (await patient.ask(rate, id=sent["reply"]["id"], r=None))["rateReply"]["myFeedback"]
    assert back is None
    assert (liked["rating"], changed) == ("LIKE", {"rating": "DISLIKE", "reasons": ["清楚"], "comment": None})


@pytest.mark.parametrize("trouble", everyday("refuse", "hang", "401", "429 for long", "500", "no text", "cut", "stall"))
async def test_a_fault_without_fallback_ends_in_its_code(patient: Person, fastgpt: FastGPT, trouble: str) -> None:
    await ends_in_its_code(patient, fastgpt, TROUBLES[trouble])


@pytest.mark.parametrize("trouble", everyday("refuse", "500", "cut", "stall"))
async def test_a_fault_with_a_fallback_is_made_good(
    patient: Person, admin: Person, fastgpt: FastGPT, openai: OpenAI, trouble: str
) -> None:
    await set_fallback(admin, "OpenAI")
    await is_made_good(patient, fastgpt, openai, TROUBLES[trouble])


async def test_each_attempt_is_written_down_without_keys(
    patient: Person, admin: Person, fastgpt: FastGPT, openai: OpenAI
) -> None:
    await set_fallback(admin, "OpenAI")
    fastgpt.manner = Manner(fault=Fault.STATUS, status=401)
    openai.manner = Manner(text="好的")
    sent = await say(patient, "记下来", wait=True)
    nodes = (await admin.ask(INTERACTIONS, s=sent["session"]["id"]))["aiInteractions"]["nodes"]
    assert [(n["apiConfig"]["name"], n["status"], n["errorCode"]) for n in nodes] == [
        ("OpenAI", "SUCCEEDED", None),
        ("FastGPT", "FAILED", "UPSTREAM_UNAVAILABLE"),
    ]
    assert nodes[0]["requestContent"]["messages"][-1] == {"role": "user", "content": "记下来"}
    assert nodes[0]["responseContent"] == {"text": "好的"}
    assert nodes[0]["userMessage"] == {"content": "记下来"}
    assert nodes[0]["session"] == {"id": sent["session"]["id"], "messages": {"nodes": []}}
    assert fastgpt.key not in str(nodes)
    assert (await patient.refused(INTERACTIONS, s=sent["session"]["id"])).code == "FORBIDDEN"


async def test_a_provider_that_keeps_failing_is_left_alone(patient: Person, admin: Person, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(fault=Fault.STATUS, status=500)
    for _ in range(3):
        await say(patient, "试试", wait=True)
    configs = (await admin.ask("{ apiConfigs { id name breaker { open failures retryAt } } }"))["apiConfigs"]
    breaker = next(config for config in configs if config["name"] == "FastGPT")["breaker"]
    asked = len(fastgpt.requests)
    refused = await say(patient, "再试", wait=True)
    assert (breaker["open"], breaker["failures"]) == (True, 6)
    assert refused["reply"]["state"] == "FAILED"
    assert len(fastgpt.requests) == asked


async def test_turning_the_ai_off_stops_it_at_once(patient: Person, fastgpt: FastGPT) -> None:
    fastgpt.manner = Manner(text="话" * 400, piece=1, tokens_per_s=50)
    first = await say(patient, "说很多")
    second = await say(patient, "还有", sessionId=first["session"]["id"])
    watching = patient.watch(WATCH, id=first["reply"]["id"])
    await anext(watching)
    off = "mutation($s: ID!) { updateSession(id: $s, aiMode: OFF) { aiMode } }"
    await patient.ask(off, s=first["session"]["id"])
    async with asyncio.timeout(3):
        events = [event["data"]["replyStream"] async for event in watching]
    queued = (await patient.ask(MESSAGE, id=second["reply"]["id"]))["message"]
    assert events[-1]["message"]["state"] == "STOPPED"
    assert (queued["state"], queued["content"]) == ("STOPPED", "")
