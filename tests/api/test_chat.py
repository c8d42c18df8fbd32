"""Conversations over the API: …"""

import asyncio

import pytest

from tests.api.client import Json, People, Person, new_key
from tests.api.serving import Served

SEND = """mutation Send($input: SendTextInput!) {
  sendText(input: $input) {
    session { id lastSeq unreadCount } message { id seq content state } reply { id state content } duplicate
  }
}"""
HISTORY = """query History($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  session(id: $id) { messages(first: $first, after: $after, last: $last, before: $before) {
    nodes { seq content } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}"""
WATCH = """subscription Watch($id: ID!, $after: String) {
  replyStream(messageId: $id, after: $after) {
    __typename
    ... on ReplyDelta { cursor text } ... on ReplyReset { cursor text }
    ... on ReplyDone { cursor message { content state } } ... on ReplyFailed { cursor code retryable }
  }
}"""


async def say(person: Person, text: str, **more: object) -> Json:
    sent = await person.ask(SEND, input={"text": text, "clientKey": new_key(), **more})
    payload: Json = sent["sendText"]
    return payload


async def test_a_message_gets_a_pending_reply_at_once(patient: Person) -> None:
    sent = await say(patient, "我头疼")
    assert sent["message"] == {
        "id": f"{sent['session']['id']}.1",
        "seq": 1,
        "content": "我头疼",
        "state": "SENT",
    }
    assert sent["reply"] == {"id": f"{sent['session']['id']}.2", "state": "PENDING", "content": ""}
    assert sent["duplicate"] is False


async def test_waiting_gives_the_whole_reply(patient: Person) -> None:
    sent = await say(patient, "你好", wait=True)
    assert sent["reply"]["state"] == "COMPLETE"
    assert "演示" in sent["reply"]["content"]


async def test_deltas_add_up_to_the_stored_message(patient: Person) -> None:
    sent = await say(patient, "你好")
    events = [event["data"]["replyStream"] async for event in patient.watch(WATCH, id=sent["reply"]["id"])]
    text = "".join(event["text"] for event in events[:-1])
    assert events[-1]["__typename"] == "ReplyDone"
    assert events[-1]["message"] == {"content": text, "state": "COMPLETE"}


async def test_watching_resumes_in_the_middle_of_a_delta(patient: Person) -> None:
    sent = await say(patient, "你好", wait=True)
    text = sent["reply"]["content"]
    events = [e["data"]["replyStream"] async for e in patient.watch(WATCH, id=sent["reply"]["id"], after="1:7")]
    assert events[0] == {"__typename": "ReplyDelta", "cursor": f"1:{len(text)}", "text": text[7:]}
    assert events[1]["__typename"] == "ReplyDone"


async def test_a_cursor_that_nobody_gave_is_refused(patient: Person) -> None:
    sent = await say(patient, "你好")
    results = [event async for event in patient.watch(WATCH, id=sent["reply"]["id"], after="nonsense")]
    assert [result["errors"][0]["extensions"]["code"] for result in results] == ["BAD_USER_INPUT"]


async def test_the_same_client_key_a_hundred_times_is_one_message(patient: Person, app: Served) -> None:
    given = {"text": "只说一次", "clientKey": new_key()}
    answers = await asyncio.gather(*(patient.ask(SEND, input=given) for _ in range(100)))
    payloads = [answer["sendText"] for answer in answers]
    assert {payload["message"]["id"] for payload in payloads} == {payloads[0]["message"]["id"]}
    assert {payload["reply"]["id"] for payload in payloads} == {payloads[0]["reply"]["id"]}
    assert [payload["duplicate"] for payload in payloads].count(False) == 1
    sessions = await patient.ask("{ me { sessions { nodes { lastSeq } } } }")
    assert sessions["me"]["sessions"]["nodes"] == [{"lastSeq": 2}]


@pytest.mark.parametrize("known", ["foreign", "unknown", "malformed"])
async def test_a_session_that_is_not_ones_own_is_not_found(people: People, patient: Person, known: str) -> None:
    foreign = (await say(patient, "私事"))["session"]["id"]
    ids = {"foreign": foreign, "unknown": "01a1f8b1-e13f-730c-b5a8-bdf6629d0330", "malformed": "1 OR 1=1"}
    stranger = await people.patient()
    read = await stranger.refused("query($id: ID!) { session(id: $id) { id } }", id=ids[known])
    sent = await stranger.refused(SEND, input={"text": "hi", "clientKey": "k", "sessionId": ids[known]})
    deleted = await stranger.refused("mutation($id: ID!) { deleteSession(id: $id) }", id=ids[known])
    watched = [e async for e in stranger.watch(WATCH, id=f"{ids[known]}.2")]
    assert (read.code, sent.code, deleted.code) == ("NOT_FOUND", "NOT_FOUND", "NOT_FOUND")
    assert [event["errors"][0]["extensions"]["code"] for event in watched] == ["NOT_FOUND"]
    assert (await patient.ask(HISTORY, id=foreign))["session"]["messages"]["nodes"][0]["content"] == "私事"


async def test_history_pages_in_both_directions(patient: Person) -> None:
    session = (await patient.ask("mutation { createSession { id } }"))["createSession"]["id"]
    await patient.ask("mutation($id: ID!) { updateSession(id: $id, aiMode: OFF) { aiMode } }", id=session)
    for number in range(1, 8):
        await say(patient, f"第{number}句", sessionId=session)

    async def page(**arguments: object) -> tuple[list[int], bool, bool, Json]:
        found = (await patient.ask(HISTORY, id=session, **arguments))["session"]["messages"]
        info = found["pageInfo"]
        return [node["seq"] for node in found["nodes"]], info["hasPreviousPage"], info["hasNextPage"], info

    newest, earlier, later, info = await page(last=3)
    assert (newest, earlier, later) == ([5, 6, 7], True, False)
    middle, earlier, later, info = await page(last=3, before=info["startCursor"])
    assert (middle, earlier, later) == ([2, 3, 4], True, True)
    first, earlier, later, _ = await page(last=3, before=info["startCursor"])
    assert (first, earlier, later) == ([1], False, True)
    onward, earlier, later, info = await page(first=5)
    assert (onward, earlier, later) == ([1, 2, 3, 4, 5], False, True)
    onward, earlier, later, _ = await page(first=5, after=info["endCursor"])
    assert (onward, earlier, later) == ([6, 7], True, False)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [({"first": 0}, "first"), ({"last": 101}, "last"), ({"after": "x"}, "after"), ({"first": 1, "last": 1}, "first")],
)
async def test_a_page_that_makes_no_sense_is_refused(patient: Person, arguments: Json, field: str) -> None:
    session = (await say(patient, "你好"))["session"]["id"]
    refusal = await patient.refused(HISTORY, id=session, **arguments)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " \n"}, "text"),
        ({"text": "长" * 4001}, "text"),
        ({"text": "a\u0000b"}, "text"),
        ({"clientKey": ""}, "clientKey"),
        ({"clientKey": "k" * 65}, "clientKey"),
        ({"assistant": "nobody"}, "assistant"),
        ({"assistant": "general\u0000"}, "assistant"),
    ],
)
async def test_what_cannot_be_sent_leaves_nothing_behind(patient: Person, changes: Json, field: str) -> None:
    refusal = await patient.refused(SEND, input={"text": "hi", "clientKey": new_key()} | changes)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)
    assert (await patient.ask("{ me { sessions { nodes { id } } } }"))["me"]["sessions"]["nodes"] == []


async def test_pinned_sessions_come_first_and_archived_ones_are_put_away(patient: Person) -> None:
    ids = [(await patient.ask("mutation { createSession { id } }"))["createSession"]["id"] for _ in range(3)]
    change = "mutation($id: ID!, $p: Boolean, $a: Boolean) { updateSession(id: $id, pinned: $p, archived: $a) { id } }"
    await patient.ask(change, id=ids[0], p=True)
    await patient.ask(change, id=ids[1], a=True)
    query = "query($a: Boolean!) { me { sessions(archived: $a) { nodes { id pinned } } } }"
    shown = (await patient.ask(query, a=False))["me"]["sessions"]["nodes"]
    away = (await patient.ask(query, a=True))["me"]["sessions"]["nodes"]
    assert shown == [{"id": ids[0], "pinned": True}, {"id": ids[2], "pinned": False}]
    assert [node["id"] for node in away] == [ids[1]]


async def test_a_deleted_session_is_gone(patient: Person) -> None:
    sent = await say(patient, "忘了吧", wait=True)
    session = sent["session"]["id"]
    assert await patient.ask("mutation($id: ID!) { deleteSession(id: $id) }", id=session) == {"deleteSession": session}
    assert (await patient.refused(HISTORY, id=session)).code == "NOT_FOUND"
    assert (await patient.refused("query($id: ID!) { message(id: $id) { id } }", id=sent["message"]["id"])).code == (
        "NOT_FOUND"
    )
