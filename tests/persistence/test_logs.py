"""Log entries on their way into the database …"""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, make_url, select, text

from domain.clock import new_id
from domain.log_records import PRIVATE
from domain.logs import LogEntry, LogFilter, LogKind, LogLevel
from persistence.embedded.server import EmbeddedServer
from persistence.engine import Database, open_database
from persistence.log_buffer import BufferHandler, LogBuffer
from persistence.log_partitions import keep_partitions
from persistence.log_tail import LiveLogs
from persistence.log_writer import BATCH, LogWriter
from persistence.logs import LogReadStatements
from persistence.signals import Signals
from persistence.tables.logs import log_entries
from tests.log_entries import entry, store
from tests.postgres import run_sql
from tests.waiting import until

MAY = datetime(2026, 5, 10, 12, tzinfo=UTC)
HALF_A_YEAR = timedelta(days=180)


class Process(NamedTuple):
    """What one process has of the logs. `lines`: what it wrote as lines."""

    buffer: LogBuffer
    writer: LogWriter
    tail: LiveLogs
    lines: list[LogEntry]

    @classmethod
    def over(cls, database: Database, capacity: int = 10_000) -> "Process":
        buffer, lines = LogBuffer(capacity), list[LogEntry]()
        tail = LiveLogs(LogReadStatements(database))
        return cls(buffer, LogWriter(database, buffer, tail, lines.extend), tail, lines)


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    database = open_database(database_dsn)
    await keep_partitions(database, datetime.now(UTC), HALF_A_YEAR)
    yield database
    await database.close()


@pytest.fixture
def process(database: Database) -> Process:
    return Process.over(database)


async def stored(database: Database) -> list[LogEntry]:
    page = await LogReadStatements(database).entries(LogFilter(), limit=100, after=None)
    return page.nodes


async def count(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(log_entries)) or 0)


async def partitions(database: Database) -> list[str]:
    query = "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE relkind = 'r' ORDER BY relname"
    async with database.reading() as connection:
        return list((await connection.scalars(text(query))).all())


async def test_are_stored_once_though_the_answer_to_their_commit_was_lost(database: Database, process: Process) -> None:
    stored, new = [entry(datetime.now(UTC)) for _ in range(3)], [entry(datetime.now(UTC)) for _ in range(2)]
    await store(database, stored)
    for each in (*stored, *new):
        process.buffer.add(each)
    await process.writer.flush()
    await process.writer.flush()
    async with database.reading() as connection:
        found = list(await connection.scalars(select(log_entries.c.id)))
    assert sorted(found) == sorted(each.id for each in (*stored, *new))
    assert (process.writer.dropped, process.writer.waiting) == (0, 0)


async def test_arrive_once_and_whole(database: Database, process: Process) -> None:
    at = datetime.now(UTC)
    given = LogEntry(
        new_id(),
        at,
        LogLevel.WARNING,
        LogKind.REQUEST,
        "req-1",
        "SendText",
        429,
        12.5,
        new_id(),
        "RATE_LIMITED",
        {"hash": "abc", "trace": ["错误", "x"]},
    )
    bare = entry(at - timedelta(seconds=1), status=None, duration_ms=None)
    process.buffer.add(given)
    process.buffer.add(bare)
    await process.writer.flush()
    await process.writer.flush()
    assert await stored(database) == [given, bare]


async def test_arrive_in_batches(database: Database, process: Process) -> None:
    for _ in range(2 * BATCH + 1):
        process.buffer.add(entry())
    await process.writer.flush()
    assert (await count(database), process.writer.dropped) == (2 * BATCH + 1, 0)


async def test_are_lines_only_when_they_are_requests(process: Process) -> None:
    request = entry()
    process.buffer.add(request)
    process.buffer.add(entry(kind=LogKind.SYSTEM))
    await process.writer.flush()
    assert process.lines == [request]


def test_that_do_not_fit_are_counted() -> None:
    buffer = LogBuffer(capacity=3)
    for _ in range(5):
        buffer.add(entry())
    assert (len(buffer), buffer.dropped) == (3, 2)


async def test_wait_while_the_database_is_away(
    database: Database, process: Process, postgres: EmbeddedServer, database_dsn: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = make_url(database_dsn).database
    run_sql(postgres, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    run_sql(postgres, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for number in range(3):
        process.buffer.add(entry(message=str(number)))
        await process.writer.flush()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    run_sql(postgres, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    again = open_database(database_dsn)
    for _ in range(3):  # some of the pool's connections are dead
        await process.writer.flush()
    messages = [each.message for each in await stored(again)]
    await again.close()
    assert messages == ["2", "1", "0"]
    assert process.writer.dropped == 0


async def test_wait_while_the_database_is_only_for_reading(
    database: Database, process: Process, postgres: EmbeddedServer, database_dsn: str
) -> None:
    """As after a failover, until the connections have found the new primary."""
    name = str(make_url(database_dsn).database)
    run_sql(postgres, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await database.close()  # it is so for new connections
    process.buffer.add(entry(message="meanwhile"))
    await process.writer.flush()
    assert (process.writer.waiting, process.writer.dropped) == (1, 0)
    run_sql(postgres, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await database.close()
    await process.writer.flush()
    assert [each.message for each in await stored(database)] == ["meanwhile"]


async def test_that_the_database_refuses_are_counted_and_hold_up_nobody(
    database: Database, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.buffer.add(entry(datetime(1999, 1, 1, tzinfo=UTC)))
    await process.writer.flush()
    process.buffer.add(entry(message="after"))
    await process.writer.flush()
    assert process.writer.dropped == 1
    assert [each.message for each in await stored(database)] == ["after"]
    assert "could not be stored" in caplog.text


async def test_come_from_loggers_too_but_private_ones_stay_out(process: Process) -> None:
    logger, handler = logging.getLogger("persistence.test_logs"), BufferHandler(process.buffer)
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    logger.debug("too much")
    logger.info("as it should be")
    logger.warning("the code is 012345", extra=PRIVATE)
    logger.error("wrong", extra={"request_id": "r9", "operation": "SendText"})
    logger.removeHandler(handler)
    entries = process.buffer.take(10)
    assert [(each.message, each.kind, each.level) for each in entries] == [
        ("as it should be", LogKind.SYSTEM, LogLevel.INFO),
        ("wrong", LogKind.ERROR, LogLevel.ERROR),
    ]
    assert (entries[1].request_id, entries[1].operation) == ("r9", "SendText")


async def test_have_a_partition_a_month_made_ahead(database_dsn: str) -> None:
    database = open_database(database_dsn)
    assert await keep_partitions(database, MAY, HALF_A_YEAR) == []
    assert await keep_partitions(database, MAY + timedelta(days=20), HALF_A_YEAR) == []
    names = await partitions(database)
    moments = [datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 7, 31, 23, 59, 59, 999_999, tzinfo=UTC)]
    await store(database, [entry(moment) for moment in moments])
    await database.close()
    assert names == ["log_entries_2026_05", "log_entries_2026_06", "log_entries_2026_07"]


async def test_have_partitions_although_many_processes_start_at_once(database_dsn: str) -> None:
    database = open_database(database_dsn)
    await asyncio.gather(*(keep_partitions(database, MAY, HALF_A_YEAR) for _ in range(6)))
    names = await partitions(database)
    await database.close()
    assert len(names) == 3


async def test_go_by_the_month_once_all_of_it_is_old(database_dsn: str) -> None:
    database = open_database(database_dsn)
    await keep_partitions(database, datetime(2025, 11, 5, tzinfo=UTC), HALF_A_YEAR)
    november, december = datetime(2025, 11, 30, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
    await store(database, [entry(november), entry(december)])
    before = await keep_partitions(database, december + HALF_A_YEAR - timedelta(seconds=1), HALF_A_YEAR)
    then = await keep_partitions(database, december + HALF_A_YEAR, HALF_A_YEAR)
    left = [each.at for each in await stored(database)]
    await database.close()
    assert (before, then) == ([], ["log_entries_2025_11"])
    assert left == [december]


async def test_are_found_by_what_is_asked(database: Database) -> None:
    now, anna = datetime.now(UTC), new_id()
    entries = {
        "anna": entry(now - timedelta(minutes=5), user_id=anna, operation="SendText", request_id="r1"),
        "slow": entry(now - timedelta(minutes=4), duration_ms=900.0, operation="SendText"),
        "failed": entry(now - timedelta(minutes=3), level=LogLevel.ERROR, message="INTERNAL_SERVER_ERROR"),
        "system": entry(now - timedelta(minutes=2), kind=LogKind.SYSTEM, message="100% of Storage failed"),
    }
    await store(database, list(entries.values()))
    reads = LogReadStatements(database)

    async def found(**wanted: Any) -> list[str]:
        page = await reads.entries(LogFilter(**wanted), limit=10, after=None)
        return [name for each in page.nodes for name, known in entries.items() if known == each]

    assert await found() == ["system", "failed", "slow", "anna"]
    assert await found(user_id=anna) == await found(request_id="r1") == ["anna"]
    assert await found(operation="SendText") == ["slow", "anna"]
    assert await found(operation="SendText", min_duration_ms=900) == ["slow"]
    assert await found(level=LogLevel.WARNING) == ["failed"]
    assert await found(kind=LogKind.SYSTEM) == await found(text="storage") == await found(text="100%") == ["system"]
    assert await found(text="100_") == []
    assert await found(since=entries["slow"].at, until=entries["system"].at) == ["failed", "slow"]


async def test_are_counted_by_operation(database: Database) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    sent = [entry(now, operation="SendText", duration_ms=float(ms)) for ms in range(1, 101)]
    failed = [entry(now, status=status, duration_ms=10.0) for status in (200, 400, 500)]
    others = [entry(now, kind=LogKind.SYSTEM), entry(now - timedelta(hours=1)), entry(now + timedelta(hours=1))]
    refused = [entry(now, operation="Turned", status=401, duration_ms=None)]
    await store(database, sent + failed + others + refused)
    reads = LogReadStatements(database)
    stats = await reads.stats(now, now + timedelta(seconds=1))
    assert [(s.operation, s.count, s.errors, s.p50_ms, s.p95_ms, s.p99_ms) for s in stats] == [
        ("SendText", 100, 0, 50, 95, 99),
        ("(unnamed)", 3, 2, 10, 10, 10),
        ("Turned", 1, 1, 0, 0, 0),
    ]


@pytest.fixture
async def processes(database_dsn: str, database: Database) -> AsyncIterator[Sequence[Process]]:
    """Two, which hear each other."""
    both = [Process.over(database), Process.over(database)]
    signals = [Signals(database_dsn) for _ in both]
    for each, ears in zip(both, signals, strict=True):
        each.tail.hear(ears)
        await ears.start()
    yield both
    for ears in signals:
        await ears.close()


class Followed:
    """Collects what one follower is told."""

    def __init__(self, tail: LiveLogs, level: LogLevel) -> None:
        self.entries: list[LogEntry] = []
        self._task = asyncio.create_task(self._collect(tail, level))

    async def _collect(self, tail: LiveLogs, level: LogLevel) -> None:
        async for each in tail.follow(level):
            self.entries.append(each)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


async def test_of_other_processes_are_followed_from_warnings_on(processes: Sequence[Process]) -> None:
    here, there = processes
    at_home, abroad = Followed(here.tail, LogLevel.DEBUG), Followed(there.tail, LogLevel.DEBUG)
    await asyncio.sleep(0)
    debug, warning = entry(level=LogLevel.DEBUG), entry(level=LogLevel.WARNING, message="小心")
    error = entry(level=LogLevel.ERROR)
    for each in (debug, warning, error):
        here.buffer.add(each)
    await here.writer.flush()
    await until(lambda: len(abroad.entries) >= 2)
    await here.writer.flush()
    assert abroad.entries == [warning, error]
    assert at_home.entries == [debug, warning, error]
    await at_home.stop()
    await abroad.stop()


async def test_are_followed_by_the_level_asked_for(process: Process) -> None:
    followed = Followed(process.tail, LogLevel.WARNING)
    await asyncio.sleep(0)
    warning = entry(level=LogLevel.WARNING)
    process.buffer.add(entry())
    process.buffer.add(warning)
    await process.writer.flush()
    await until(lambda: bool(followed.entries))
    assert followed.entries == [warning]
    await followed.stop()


async def test_that_nobody_reads_in_time_make_room_for_newer_ones(process: Process) -> None:
    entries = [entry(message=str(number)) for number in range(1_200)]
    following = process.tail.follow(LogLevel.INFO)
    first = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)
    process.tail.offer(entries)
    assert (await first).message == "200"
    rest = [(await anext(following)).message for _ in range(999)]
    assert rest == [str(number) for number in range(201, 1_200)]
    await following.aclose()


async def test_of_strangers_cannot_break_the_signal(database: Database, process: Process) -> None:
    many = [entry(level=LogLevel.ERROR, id=uuid.uuid4()) for _ in range(400)]
    for each in many:
        process.buffer.add(each)
    await process.writer.flush()
    assert await count(database) == 400
