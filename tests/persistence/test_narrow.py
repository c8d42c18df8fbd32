"""A read of what is needed …"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from domain.accounts.models import User
from domain.chat.models import ChatSession, Listing, Message, Outgoing, Span
from domain.needs import Needs
from domain.paging import Page
from persistence.account_reads import USERS, AccountReadStatements
from persistence.chat_queries import LISTED, MY_SESSIONS, SPANNED
from persistence.chat_reads import ChatReadStatements
from persistence.narrow import MOST_SHAPES, Narrow
from tests.accounts import World
from tests.persistence.test_chat_alone import chat_of

Rows = Callable[[Needs | None], Awaitable[list[Any]]]


class Reading(NamedTuple):
    """`derived`: properties and the fields that they look at."""

    fields: Sequence[str]
    always: set[str]
    derived: dict[str, set[str]]


READINGS = {
    "messages": Reading(Message._fields, {"session_id", "seq"}, {"id": {"session_id", "seq"}}),
    "sessions": Reading(ChatSession._fields, set(MY_SESSIONS._always), {"unread_count": {"last_seq", "read_seq"}}),
    "listings": Reading(ChatSession._fields, set(LISTED._always), {"unread_count": {"last_seq", "read_seq"}}),
    "users": Reading(
        list(User.__dataclass_fields__), {"id"}, {"settings": {"locale", "timezone", "font_scale", "notify"}}
    ),
}


async def rows_of(world: World) -> dict[str, Rows]:
    viewer = world.viewer(await world.register("reader"))
    chat, accounts = ChatReadStatements(world.database), AccountReadStatements(world.database)
    sent = await chat_of(world).send_text(viewer, Outgoing(None, "general", "你好", "k1"))
    await chat_of(world).send_text(viewer, Outgoing(str(sent.session.id), "general", "在吗", "k2"))
    me, session = viewer.user_id, sent.session.id

    async def messages(needs: Needs | None) -> list[Message]:
        return (await chat.spans([Span(me, session, 1, 2)], needs))[0]

    async def listings(needs: Needs | None) -> list[ChatSession]:
        pages: list[Page[ChatSession]] = await chat.listings([Listing(me, None, False, 5, None)], needs)
        return pages[0].nodes

    return {
        "messages": messages,
        "sessions": lambda needs: chat.sessions([(me, session)], needs),
        "listings": listings,
        "users": lambda needs: accounts.users([me], needs),
    }


@pytest.mark.parametrize("name", READINGS)
async def test_has_what_was_asked_for_and_nothing_else(world: World, name: str) -> None:
    reading, read = READINGS[name], (await rows_of(world))[name]
    whole = await read(None)
    assert whole
    for needs in map(frozenset, [*combinations(reading.fields, 1), *combinations(reading.fields, 2)]):
        narrow = await read(needs)
        there = set(needs) | reading.always
        for each, complete in zip(narrow, whole, strict=True):
            assert {field for field in reading.fields if hasattr(each, field)} == there
            assert all(getattr(each, field) == getattr(complete, field) for field in there)
            for derived, parts in reading.derived.items():
                assert hasattr(each, derived) == (parts <= there)


async def test_shows_nothing_of_somebody_elses(world: World) -> None:
    owner, stranger = [world.viewer(await world.register(name)).user_id for name in ("one.li", "two.li")]
    reads = ChatReadStatements(world.database)
    viewer = world.viewer(await world.register("three.li"))
    session = (await chat_of(world).send_text(viewer, Outgoing(None, "general", "你好", "k1"))).session.id
    needs = frozenset({"content", "title"})
    for other in (owner, stranger):
        assert await reads.sessions([(other, session)], needs) == [None]
        assert await reads.spans([Span(other, session, 1, 1)], needs) == [[]]
        assert (await reads.listings([Listing(other, None, False, 5, None)], needs))[0].nodes == []


@pytest.mark.parametrize("narrow", [USERS, MY_SESSIONS, LISTED, SPANNED])
def test_is_one_statement_for_each_set_of_needs_and_these_are_bounded(narrow: Narrow[Any]) -> None:
    fields = list(narrow._rows.columns)
    few, many = frozenset(fields[:1]), frozenset(fields)
    assert narrow.shape(few) is narrow.shape(frozenset(fields[:1]))
    assert len(narrow.shape(few).statement.sql) < len(narrow.shape(many).statement.sql)
    for pair in combinations(fields, 2):
        narrow.shape(frozenset(pair))
    assert narrow._narrow.cache_info().currsize == MOST_SHAPES
