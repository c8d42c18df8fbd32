"""A transaction …"""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from domain.errors import StorageAway
from domain.traces import trace_of
from persistence.connection import Connection, Transaction
from persistence.engine import Database, open_database
from tests.waiting import somebody_waits_for_a_lock

NOTES = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("words", Text),
    Column("detail", JSONB(none_as_null=True)),
)
WRITE = insert(NOTES)
ALL = select(NOTES.c.id, NOTES.c.words, NOTES.c.detail).order_by(NOTES.c.id)
RENAME = update(NOTES).where(NOTES.c.id >= bindparam("least")).values(words="renamed", detail=None)
WHO = select(func.pg_backend_pid())
KILL = select(func.pg_terminate_backend(func.pg_backend_pid()))


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = open_database(database_dsn, writes=3)
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE notes (id integer PRIMARY KEY, words text, detail jsonb)"))
    yield database
    await database.close()


async def rows(database: Database) -> list[tuple[object, ...]]:
    async with database.transaction() as connection:
        return [tuple(row) for row in await connection.execute(ALL)]


async def two_notes(connection: Connection) -> None:
    await connection.execute(WRITE, {"id": 1, "words": "一", "detail": {"a": [1, None]}})
    await connection.execute(WRITE, {"id": 2, "words": None, "detail": None})


async def test_is_committed_at_its_end(database: Database) -> None:
    async with database.transaction() as connection:
        await two_notes(connection)
        assert await rows(database) == []
    assert await rows(database) == [(1, "一", {"a": [1, None]}), (2, None, None)]


async def test_is_not_what_reads_stand_in(database: Database) -> None:
    async with database.transaction() as connection:
        await two_notes(connection)
    async with database.reading() as reading:
        assert [tuple(row) for row in await reading.execute(ALL)] == await rows(database)
        assert await idle_in_transaction(database) == 0


async def test_undoes_an_attempt_that_fails_alone(database: Database) -> None:
    async def write(connection: Transaction, number: int) -> None:
        async with connection.attempt():
            await connection.execute(WRITE, {"id": number, "words": "again", "detail": None})

    async with database.transaction() as connection:
        await two_notes(connection)
        with pytest.raises(asyncpg.UniqueViolationError):
            await write(connection, 1)
        await write(connection, 3)
    assert [row[:2] for row in await rows(database)] == [(1, "一"), (2, None), (3, "again")]


async def test_that_fails_undoes_its_attempts_too(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as connection:
            async with connection.attempt():
                await two_notes(connection)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await rows(database) == []


async def test_copies_as_it_writes(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.copy("notes", ("id", "words", "detail"), [(1, "一", {"a": [1, None]}), (2, None, None)])
        assert await rows(database) == []
    assert await rows(database) == [(1, "一", {"a": [1, None]}), (2, None, None)]


async def test_is_rolled_back_by_an_error_and_gives_its_connection_back(database: Database) -> None:
    used = []

    async def fail() -> None:
        async with database.transaction() as connection:
            used.append((await connection.execute(WHO)).scalar())
            await two_notes(connection)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with database.transaction() as connection:
        assert [(await connection.execute(WHO)).scalar()] == used
    assert await rows(database) == []


async def test_that_failed_is_over(database: Database) -> None:
    async def write(*numbers: int) -> None:
        async with database.transaction() as connection:
            await connection.execute(WRITE, [{"id": number, "words": None, "detail": None} for number in numbers])

    await write(1, 2)
    with pytest.raises(asyncpg.UniqueViolationError):
        await write(3, 1)
    assert [row[0] for row in await rows(database)] == [1, 2]
    assert database.in_use == 0


async def test_leaves_nothing_behind_when_it_is_cancelled(database: Database) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with database.transaction() as connection:
            await two_notes(connection)
            written.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write())
    await written.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await rows(database) == []
    assert database.in_use == 0


async def test_says_how_many_rows_it_changed(database: Database) -> None:
    async with database.transaction() as connection:
        await two_notes(connection)
        assert (await connection.execute(RENAME, {"least": 2})).rowcount == 1
        assert (await connection.execute(RENAME.returning(NOTES.c.id), {"least": 1})).rowcount == 2
        assert (await connection.execute(RENAME, {"least": 3})).rowcount == 0
        assert list(await connection.scalars(select(NOTES.c.words))) == ["renamed", "renamed"]


async def test_runs_a_statement_for_each_of_a_list(database: Database) -> None:
    async with database.transaction() as connection:
        each = [{"id": number, "words": "", "detail": None} for number in (7, 8, 9)]
        assert (await connection.execute(WRITE, each)).rowcount == 3
        found = await connection.scalars(select(NOTES.c.id).where(NOTES.c.id.in_([7, 9]), literal_column("true")))
        assert sorted(found) == [7, 9]


async def test_gives_first_one_and_nothing(database: Database) -> None:
    async with database.transaction() as connection:
        assert (await connection.execute(ALL)).first() is None
        assert (await connection.execute(ALL)).scalar() is None
        await two_notes(connection)
        assert (await connection.execute(ALL)).first()[0] == 1
        with pytest.raises(ValueError, match="too many"):
            (await connection.execute(ALL)).one()


async def test_holds_what_it_holds_until_its_end(database: Database) -> None:
    key = uuid4()
    entered: list[str] = []

    async def enter(name: str) -> None:
        async with database.transaction() as connection:
            await connection.hold(key)
            entered.append(name)

    async with database.transaction() as connection:
        await connection.hold(key)
        second = asyncio.create_task(enter("second"))
        await somebody_waits_for_a_lock(database)
        async with database.transaction() as other:
            free = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))")
            assert (await other.execute(free, {"key": str(uuid4())})).scalar()
        entered.append("first")
    await second
    assert entered == ["first", "second"]


async def test_of_a_connection_that_is_lost_says_that_the_database_is_away(database: Database) -> None:
    async def die() -> None:
        async with database.transaction() as connection:
            await two_notes(connection)
            await connection.execute(KILL)

    with pytest.raises(StorageAway):
        await die()
    assert await rows(database) == []


async def test_that_the_process_ends_meanwhile_says_that_the_database_is_away(database: Database) -> None:
    key, over = uuid4(), asyncio.Event()

    async def hold() -> None:
        async with database.transaction() as connection:
            await connection.hold(key)
            await over.wait()

    holding, waiting = asyncio.create_task(hold()), asyncio.create_task(hold())
    await somebody_waits_for_a_lock(database)
    await database.close()
    over.set()
    with pytest.raises(StorageAway):
        await waiting
    with pytest.raises(StorageAway):
        await holding


async def test_that_finds_no_connection_says_that_the_database_is_away(database_dsn: str) -> None:
    """So that a reply that is over is stored a little later."""
    database = open_database(database_dsn, writes=1, patience_s=0.05)
    async with database.transaction():
        with pytest.raises(StorageAway):
            async with database.transaction():
                pass
    async with database.transaction() as connection:
        assert (await connection.execute(select(1))).scalar() == 1
    await database.close()


async def test_begins_with_its_first_statement(database: Database) -> None:
    async with database.transaction() as connection:
        assert await idle_in_transaction(database) == 0
        await connection.execute(WHO)
        assert await idle_in_transaction(database) == 1


async def idle_in_transaction(database: Database) -> int:
    async with database.transaction() as looking:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        return int((await looking.execute(text(query))).scalar() or 0)


async def test_forgets_a_statement_when_nobody_has_it_any_more(database: Database) -> None:
    async with database.transaction() as connection:
        once = select(NOTES.c.id).where(NOTES.c.id == 1)
        forgotten = weakref.ref(once)
        await connection.execute(once)
        del once
    gc.collect()
    assert forgotten() is None


async def test_leaves_a_trace_without_words(database: Database) -> None:
    secret = "胸口痛得睡不着"

    async def confuse() -> None:
        async with database.transaction() as connection:
            await connection.execute(WRITE, {"id": secret, "words": secret, "detail": None})

    with pytest.raises(asyncpg.DataError) as caught:
        await confuse()
    assert secret not in "\n".join(trace_of(caught.value))
