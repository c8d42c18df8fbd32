"""A read of what is needed …"""

from collections.abc import Awaitable, Callable
from itertools import combinations
from typing import Any

import pytest

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


READINGS: dict[str, Narrow[Any]] = {"messages": SPANNED, "sessions": MY_SESSIONS, "listings": LISTED, "users": USERS}


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
    narrow, read = READINGS[name], (await rows_of(world))[name]
    fields = list(narrow._rows.columns)
    whole = await read(None)
    assert whole
    for needs in map(frozenset, [*combinations(fields, 1), *combinations(fields, 2)]):
        there = set(needs) | narrow._always
        for each, complete in zip(await read(needs), whole, strict=True):
            assert {field for field in fields if hasattr(each, field)} == there
            assert all(getattr(each, field) == getattr(complete, field) for field in there)


@pytest.mark.parametrize("name", READINGS)
async def test_has_all_that_a_property_is_derived_from(world: World, name: str) -> None:
    read, whole = (await rows_of(world))[name], READINGS[name]._rows.whole
    complete = await read(None)
    properties = [property_ for property_, each in vars(whole).items() if isinstance(each, property)]
    assert properties
    for each in properties:
        assert [getattr(row, each) for row in await read(frozenset([each]))] == [getattr(row, each) for row in complete]


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
