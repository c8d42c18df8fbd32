"""Live events …"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

import pytest
from sqlalchemy import insert, text

from domain.chat.events import EventKind, SessionEvent
from domain.chat.models import Outgoing, Sent
from domain.chat.ports import Silence
from domain.chat.service import ChatService
from domain.clock import new_id, utc_now
from domain.viewer import Viewer
from persistence import hub
from persistence.chat_reads import ChatReadStatements
from persistence.engine import Database
from persistence.events import EventReadStatements
from persistence.hub import LiveEvents
from persistence.signals import Signals
from persistence.tables.events import session_events
from persistence.talk import Talk, talk_on
from tests.accounts import World, opened

CUT_OFF = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
)


@pytest.fixture
async def world(database_dsn: str) -> AsyncIterator[World]:
    async with opened(database_dsn) as world:
        yield world


@pytest.fixture
async def live(world: World, database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LiveEvents]:
    monkeypatch.setattr(hub, "WATCHDOG_S", 3_600)
    live, signals = LiveEvents(EventReadStatements(world.database)), Signals(database_dsn)
    live.follow(signals)
    await live.start()
    await signals.start()
    yield live
    await signals.close()
    await live.close()


@pytest.fixture
async def viewer(world: World) -> Viewer:
    return world.viewer(await world.register("talker"))


async def say(world: World, viewer: Viewer, session: str | None) -> Sent:
    chat = ChatService[Talk](talk_on(world.database), ChatReadStatements(world.database), Silence(), utc_now)
    return await chat.send_text(viewer, Outgoing(session, "general", "有人吗", new_id().hex))


async def hear(events: AsyncGenerator[Sequence[SessionEvent] | None, None], kind: EventKind, seq: int) -> None:
    """Until this has happened."""
    heard: list[tuple[EventKind, int]] = []
    while (kind, seq) not in heard:
        heard += [(event.kind, event.message.seq) for event in await anext(events) or () if event.message]


async def happen_unheard(database: Database, sent: Sent) -> None:
    """As if the signal had been given while nobody listened."""
    values = {"session_id": sent.session.id, "kind": EventKind.MESSAGE_UPDATED.value, "seq": sent.message.seq}
    async with database.transaction() as connection:
        await connection.execute(insert(session_events).values(values))


async def test_whose_signal_was_lost_come_when_the_listening_connection_is_back(
    world: World, viewer: Viewer, live: LiveEvents
) -> None:
    first = await say(world, viewer, None)
    reads = EventReadStatements(world.database)
    async with aclosing(live.watch(viewer.user_id, None, await reads.now())) as events, asyncio.timeout(10):
        await anext(events)  # from here on whatever happens is handed over, however soon
        await say(world, viewer, str(first.session.id))
        await hear(events, EventKind.MESSAGE_ADDED, 2)
        for _ in range(10):
            await reads.now()  # whoever reads events has found that there are no more
        await happen_unheard(world.database, first)
        async with world.database.transaction() as connection:
            await connection.execute(CUT_OFF)
        await hear(events, EventKind.MESSAGE_UPDATED, 1)
