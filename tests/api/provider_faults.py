"""Each way in which a provider can fail, and what people get to see of it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.api.client import Json, Person
from tests.api.test_chat import WATCH, say
from tests.standins.chat import ChatStandIn, Fault, Manner
from tests.standins.openai import OpenAI

FIRST_WORD_S = 3.0
WITHIN_S = FIRST_WORD_S + 2
SPARE = "由备用服务回答"
MESSAGE = "query($id: ID!) { message(id: $id) { state content errorCode citations { index title snippet } } }"
CONFIGS = "{ apiConfigs { id name } }"
HURRY = """mutation($id: ID!) {
  updateApiConfig(id: $id, input: { firstTokenTimeoutMs: 1000, idleTimeoutMs: 500 }) { id }
}"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """`said` before it strikes."""

    code: str
    manner: Manner = field(default_factory=Manner)
    said: str = ""
    refuses: bool = False


def status(number: int, retry_after: str = "") -> Manner:
    return Manner(fault=Fault.STATUS, status=number, retry_after=retry_after)


def spoken(fault: Fault) -> Manner:
    return Manner(text="说到一半就没了", piece=1, fault=fault, after=3)


TROUBLES = {
    "refuse": Trouble("UPSTREAM_UNAVAILABLE", refuses=True),
    "hang": Trouble("UPSTREAM_TIMEOUT", Manner(fault=Fault.HANG)),
    "401": Trouble("UPSTREAM_UNAVAILABLE", status(401)),
    "402": Trouble("UPSTREAM_UNAVAILABLE", status(402)),
    "429": Trouble("RATE_LIMITED", status(429, retry_after="1")),
    "429 for long": Trouble("RATE_LIMITED", status(429, retry_after="60")),
    "500": Trouble("UPSTREAM_UNAVAILABLE", status(500)),
    "html": Trouble("UPSTREAM_UNAVAILABLE", Manner(fault=Fault.HTML, status=404)),
    "garbage": Trouble("UPSTREAM_UNAVAILABLE", Manner(fault=Fault.GARBAGE)),
    "empty body": Trouble("UPSTREAM_UNAVAILABLE", Manner(fault=Fault.EMPTY_BODY)),
    "no text": Trouble("UPSTREAM_UNAVAILABLE", Manner(fault=Fault.NO_TEXT)),
    "drip": Trouble("UPSTREAM_TIMEOUT", Manner(fault=Fault.DRIP, after=0)),
    "error event": Trouble("UPSTREAM_UNAVAILABLE", Manner(fault=Fault.ERROR_EVENT, after=0)),
    "late error event": Trouble("UPSTREAM_UNAVAILABLE", spoken(Fault.ERROR_EVENT), "说到一"),
    "cut": Trouble("UPSTREAM_UNAVAILABLE", spoken(Fault.CUT), "说到一"),
    "reset": Trouble("UPSTREAM_UNAVAILABLE", spoken(Fault.RESET), "说到一"),
    "stall": Trouble("UPSTREAM_TIMEOUT", spoken(Fault.STALL), "说到一"),
}


@contextmanager
def struck(vendor: ChatStandIn, trouble: Trouble) -> Iterator[None]:
    vendor.manner = trouble.manner
    if trouble.refuses:
        vendor.refuse()
    try:
        yield
    finally:
        if trouble.refuses:
            vendor.listen()


async def ends_in_its_code(person: Person, vendor: ChatStandIn, trouble: Trouble) -> None:
    with struck(vendor, trouble):
        sent = await say(person, "请说")
        async with asyncio.timeout(WITHIN_S):
            events = await watched(person, sent["reply"]["id"])
    stored = (await person.ask(MESSAGE, id=sent["reply"]["id"]))["message"]
    assert (events[-1]["__typename"], events[-1]["code"]) == ("ReplyFailed", trouble.code)
    assert (stored["state"], stored["errorCode"], stored["content"]) == ("FAILED", trouble.code, trouble.said)
    assert text_of(events) == trouble.said


async def is_made_good(person: Person, vendor: ChatStandIn, spare: OpenAI, trouble: Trouble) -> None:
    spare.manner = Manner(text=SPARE)
    with struck(vendor, trouble):
        sent = await say(person, "请说")
        async with asyncio.timeout(WITHIN_S):
            events = await watched(person, sent["reply"]["id"])
    withdrawn = [event for event in events if event["__typename"] == "ReplyReset"]
    assert text_of(events) == SPARE
    assert events[-1]["message"] == {"content": SPARE, "state": "COMPLETE"}
    assert bool(withdrawn) is bool(trouble.said)


async def watched(person: Person, message_id: str) -> list[Json]:
    return [event["data"]["replyStream"] async for event in person.watch(WATCH, id=message_id)]


def text_of(events: list[Json]) -> str:
    """As a client puts it together."""
    text = ""
    for event in events:
        if event["__typename"] == "ReplyReset":
            text = event["text"]
        elif event["__typename"] == "ReplyDelta":
            text += event["text"]
    return text


async def hurry(admin: Person) -> None:
    for config in (await admin.ask(CONFIGS))["apiConfigs"]:
        await admin.ask(HURRY, id=config["id"])


async def in_good_health(admin: Person, *vendors: ChatStandIn) -> None:
    """No fallback, breakers closed."""
    for vendor in vendors:
        vendor.script.clear()
        vendor.manner = Manner()
    await set_fallback(admin, None)
    for config in (await admin.ask(CONFIGS))["apiConfigs"]:
        await admin.ask("mutation($id: ID!) { testApiConfig(id: $id) { ok } }", id=config["id"])


async def set_fallback(admin: Person, name: str | None) -> None:
    ids = {config["name"]: config["id"] for config in (await admin.ask(CONFIGS))["apiConfigs"]}
    change = "mutation($id: ID!, $f: ID) { updateApiConfig(id: $id, input: { fallbackId: $f }) { id } }"
    await admin.ask(change, id=ids["FastGPT"], f=ids[name] if name is not None else None)
