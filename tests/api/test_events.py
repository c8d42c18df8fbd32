"""Events over the API: …"""

import asyncio
import json
import random
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

import pytest
import websockets

from domain.chat.events import EventKind, Mark, SessionEvent
from domain.viewer import CareRole
from resolvers.context import Context
from resolvers.events import session_of_event, sessions_gone
from tests.api.client import Json, People, Person
from tests.api.roles import become
from tests.api.serving import Served
from tests.api.test_chat import say
from tests.api.test_groups import ADD, CREATE, REMOVE
from transport.ports import Connection, Operation, Withdrawn

EVENT = """__typename
  ... on MessageAdded { cursor message { seq content } }
  ... on MessageUpdated { cursor message { seq content state } }
  ... on ReadAdvanced { cursor userId readSeq }
  ... on MembersChanged { cursor session { id } }"""
USER_EVENTS = f"subscription UserEvents($after: String) {{ userEvents(after: $after) {{ {EVENT} }} }}"
SESSION_EVENTS = (
    f"subscription S($s: ID!, $after: String) {{ sessionEvents(sessionId: $s, after: $after) {{ {EVENT} }} }}"
)
CHANGES = f"""query Changes($after: String, $first: Int) {{
  changes(after: $after, first: $first) {{ cursor hasMore events {{ {EVENT} }} }}
}}"""


async def now(person: Person) -> str:
    cursor: str = (await person.ask(CHANGES))["changes"]["cursor"]
    return cursor


async def until(person: Person, count: int, after: str) -> list[Json]:
    """The next `count` events about messages after the cursor, over a socket.

    "Now" lies before whatever is still open anywhere in the cluster, so the making of the group may come once more.
    """
    events: list[Json] = []
    async with aclosing(person.watch(USER_EVENTS, after=after)) as results:
        async for result in results:
            if result["data"]["userEvents"]["__typename"] != "MembersChanged":
                events.append(result["data"]["userEvents"])
            if len(events) == count:
                return events
    raise AssertionError(f"the socket ended after {len(events)} events")


async def quiet_group(people: People, size: int) -> tuple[str, list[Person]]:
    members = [await people.patient() for _ in range(size)]
    created = await members[0].ask(CREATE, members=[member.id for member in members[1:]], mode="OFF")
    return created["createGroup"]["id"], members


async def test_every_member_hears_what_is_said(people: People) -> None:
    session, (one, two) = await quiet_group(people, 2)
    start = await now(two)
    heard = asyncio.create_task(until(two, 2, start))
    await say(one, "甲", sessionId=session)
    await say(one, "乙", sessionId=session)
    async with asyncio.timeout(10):
        events = await heard
    assert [(event["__typename"], event["message"]["content"]) for event in events] == [
        ("MessageAdded", "甲"),
        ("MessageAdded", "乙"),
    ]


async def test_catching_up_gives_what_the_socket_would_have_given(people: People) -> None:
    session, (one, two) = await quiet_group(people, 2)
    start = await now(two)
    for number in range(5):
        await say(one, f"{number}", sessionId=session)
    live = await until(two, 5, start)
    pages: list[Json] = []
    cursor, more = start, True
    while more:
        page = (await two.ask(CHANGES, after=cursor, first=2))["changes"]
        pages, cursor, more = pages + page["events"], page["cursor"], page["hasMore"]
    assert [event for event in pages if event["__typename"] != "MembersChanged"] == live
    assert (await two.ask(CHANGES, after=cursor))["changes"]["events"] == []


async def test_a_reply_is_told_to_all_members(people: People) -> None:
    one, two = await people.patient(), await people.patient()
    session = (await one.ask(CREATE, members=[two.id]))["createGroup"]["id"]
    start = await now(two)
    asked = await say(one, "你好", sessionId=session, wait=True)
    events = await until(two, 3, start)
    assert [event["__typename"] for event in events] == ["MessageAdded", "MessageAdded", "MessageUpdated"]
    assert events[2]["message"] == {"seq": 2, "content": asked["reply"]["content"], "state": "COMPLETE"}


async def test_a_removed_member_hears_nothing_more_on_an_open_socket(people: People) -> None:
    session, (one, two, three) = await quiet_group(people, 3)
    start = await now(two)
    own = (await two.ask("mutation { createSession { id } }"))["createSession"]["id"]
    await two.ask("mutation($s: ID!) { updateSession(id: $s, aiMode: OFF) { id } }", s=own)
    async with asyncio.timeout(10), aclosing(two.watch(USER_EVENTS, after=start)) as results:
        await heard_of(own, results)
        await say(one, "之前", sessionId=session)
        before = await anext(results)
        await one.ask(REMOVE, s=session, u=two.id)
        await say(three, "之后", sessionId=session)
        await say(two, "自己的", sessionId=own)
        after = await anext(results)
    assert [result["data"]["userEvents"]["message"]["content"] for result in (before, after)] == ["之前", "自己的"]


async def test_who_leaves_while_events_are_on_their_way_is_not_told_of_them(app: Served, people: People) -> None:
    session, (one, two) = await quiet_group(people, 2)
    await say(one, "之前", sessionId=session)
    own = (await say(two, "自己的"))["session"]["id"]
    of_group, of_own = (_event_in(each) for each in (session, own))
    context = await _context_of(app, two)
    assert await sessions_gone([of_group, of_own], context) == set()
    await one.ask(REMOVE, s=session, u=two.id)
    context = await _context_of(app, two)
    assert await sessions_gone([of_group, of_own], context) == {of_group.session_id}
    with pytest.raises(Withdrawn):
        await context.loaders.sessions.load(session_of_event(of_group, context))


def _event_in(session: str) -> SessionEvent:
    return SessionEvent(Mark(1, 1, 1), uuid.UUID(session), EventKind.MEMBERS_CHANGED, None, None, None)


async def _context_of(app: Served, person: Person) -> Context:
    reception = app.application._reception
    assert reception is not None
    headers = {"host": "127.0.0.1"}
    caller = await reception.open(Connection(headers, "127.0.0.1", f"Bearer {person.token}", "zh", "r", True))
    return caller.begin(Operation("subscription", None, "", 1, "r"))


async def test_a_removed_member_hears_nothing_more_of_the_one_session_watched(people: People) -> None:
    session, (one, two, three) = await quiet_group(people, 3)
    start = await now(two)
    async with (
        asyncio.timeout(10),
        aclosing(two.watch(SESSION_EVENTS, s=session, after=start)) as removed,
        aclosing(three.watch(SESSION_EVENTS, s=session, after=start)) as member,
    ):
        await say(one, "之前", sessionId=session)
        await told(removed, "之前")
        await one.ask(REMOVE, s=session, u=two.id)
        further = asyncio.create_task(anext(removed))
        await say(one, "之后", sessionId=session)
        await told(member, "之后")
        assert not further.done()
        further.cancel()
        await asyncio.wait([further])


async def told(results: AsyncGenerator[Json, None], content: str) -> None:
    """Returns once this was said."""
    async for result in results:
        if result["data"]["sessionEvents"].get("message", {}).get("content") == content:
            return


async def heard_of(session: str, results: AsyncGenerator[Json, None]) -> None:
    """Returns once it is told that the session began."""
    async for result in results:
        if result["data"]["userEvents"].get("session") == {"id": session}:
            return


async def test_a_new_member_hears_of_the_group_on_an_open_socket(people: People) -> None:
    session, (one, _) = await quiet_group(people, 2)
    newcomer = await people.patient()
    await say(one, "加入之前", sessionId=session)
    async with asyncio.timeout(10), aclosing(newcomer.watch(USER_EVENTS, after=await now(newcomer))) as results:
        await one.ask(ADD, s=session, u=[newcomer.id])
        await heard_of(session, results)
        await say(one, "加入之后", sessionId=session)
        told = await anext(results)
    assert told["data"]["userEvents"]["message"]["content"] == "加入之后"


async def test_a_strangers_session_cannot_be_watched(people: People) -> None:
    session, _ = await quiet_group(people, 1)
    stranger = await people.patient()
    for watched in (session, "nonsense"):
        results = [result async for result in stranger.watch(SESSION_EVENTS, s=watched)]
        assert [result["errors"][0]["extensions"]["code"] for result in results] == ["NOT_FOUND"]


async def test_a_cursor_of_another_life_of_the_database_is_too_old(patient: Person) -> None:
    refusal = await patient.refused(CHANGES, after="WzAsMSwxXQ")
    assert (refusal.code, refusal.field) == ("CONFLICT", "after")


async def test_a_cursor_that_nobody_gave_is_refused(patient: Person) -> None:
    for cursor in ("", "x", "WzEsMl0", "WzEsMSwtMV0"):
        refusal = await patient.refused(CHANGES, after=cursor)
        assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "after")


@pytest.mark.parametrize(("count", "listening"), [(40, 4), pytest.param(120, 12, marks=pytest.mark.slow)])
async def test_everybody_ends_with_the_same_list_however_often_sockets_are_cut(
    people: People, app: Served, count: int, listening: int
) -> None:
    rng = random.Random(7)
    session, members = await quiet_group(people, listening)
    await become(app, members[0], CareRole.DOCTOR)
    starts = [await now(member) for member in members]
    listeners = [
        asyncio.create_task(collect(member, start, count)) for member, start in zip(members, starts, strict=True)
    ]
    senders = [say(rng.choice(members), f"第{n}条", sessionId=session) for n in range(count)]
    await asyncio.gather(*senders)
    async with asyncio.timeout(60):
        lists = await asyncio.gather(*listeners)
    query = (
        "query($s: ID!) { session(id: $s) { messages(first: 100) { nodes { seq content } pageInfo { endCursor } } } }"
    )
    stored = (await members[0].ask(query, s=session))["session"]["messages"]["nodes"]
    assert [list(heard.items())[:100] for heard in lists] == [
        [(node["seq"], node["content"]) for node in stored]
    ] * len(members)


async def collect(member: Person, cursor: str, count: int) -> dict[int, str]:
    """Messages by seq, as they came, over sockets that are cut after a few events each; nothing may come twice."""
    rng, heard = random.Random(member.id), dict[int, str]()
    while len(heard) < count:
        left = rng.randint(1, 12)
        with suppress(websockets.ConnectionClosed):
            async with member.socket() as socket:
                payload = {"query": USER_EVENTS, "variables": {"after": cursor}}
                await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
                async for frame in socket:
                    event = json.loads(frame)["payload"]["data"]["userEvents"]
                    cursor = event["cursor"]
                    if event["__typename"] == "MessageAdded":
                        assert event["message"]["seq"] not in heard
                        heard[event["message"]["seq"]] = event["message"]["content"]
                    left -= 1
                    if not left or len(heard) == count:
                        socket.transport.abort()
                        break
    return heard
