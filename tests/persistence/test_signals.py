"""Signals between processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import text

from persistence.engine import Database, open_database
from persistence.signals import MOST_BYTES, Signals, notify
from tests.waiting import until


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = open_database(database_dsn)
    yield database
    await database.close()


@pytest.fixture
async def signals(database_dsn: str) -> AsyncIterator[Signals]:
    signals = Signals(database_dsn)
    yield signals
    await signals.close()


async def send(database: Database, name: str, payload: str) -> None:
    async with database.transaction() as connection:
        await notify(connection, name, payload)


async def cut_off(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        )


async def test_reach_everyone_who_listens_to_the_name(database: Database, database_dsn: str, signals: Signals) -> None:
    heard: list[tuple[str, str]] = []
    other = Signals(database_dsn)
    signals.on("tea", lambda payload: heard.append(("here", payload)))
    signals.on("coffee", lambda payload: heard.append(("here, coffee", payload)))
    other.on("tea", lambda payload: heard.append(("there", payload)))
    await asyncio.gather(signals.start(), other.start())
    await send(database, "tea", "绿茶: hot")
    await until(lambda: len(heard) == 2)
    assert sorted(heard) == [("here", "绿茶: hot"), ("there", "绿茶: hot")]
    await other.close()


async def test_are_not_sent_by_a_transaction_that_fails(database: Database, signals: Signals) -> None:
    heard: list[str] = []
    signals.on("tea", heard.append)
    await signals.start()
    with suppress(KeyError):
        async with database.transaction() as connection:
            await notify(connection, "tea", "undone")
            raise KeyError
    await send(database, "tea", "done")
    await until(lambda: bool(heard))
    assert heard == ["done"]


async def test_a_broken_connection_is_opened_again_and_the_gap_is_told(database: Database, signals: Signals) -> None:
    heard: list[str] = []
    gaps: list[str] = []

    async def gap() -> None:
        gaps.append("gap")

    signals.on("tea", heard.append)
    signals.on_gap(gap)
    await signals.start()
    assert gaps == ["gap"]
    await cut_off(database)
    await until(lambda: len(gaps) == 2)
    await send(database, "tea", "again")
    await until(lambda: heard == ["again"])


async def test_a_listener_that_fails_takes_nobody_down(database: Database, signals: Signals) -> None:
    heard: list[str] = []
    signals.on("tea", lambda payload: heard.append(str(int(payload))))
    signals.on("tea", heard.append)
    await signals.start()
    await send(database, "tea", "no number")
    await send(database, "tea", "7")
    await until(lambda: len(heard) == 3)
    assert heard == ["no number", "7", "7"]


async def test_a_long_payload_is_refused(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(ValueError, match="at most"):
            await notify(connection, "tea", "茶" * MOST_BYTES)


async def test_a_database_that_is_not_there_is_told_at_start(database_dsn: str) -> None:
    signals = Signals(database_dsn.replace("test_", "missing_"))
    with pytest.raises(Exception, match="does not exist"):
        await signals.start()
