"""Statements on log entries."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, func, literal, select, text

from domain.errors import BadUserInput
from domain.logs import UNNAMED, LogEntry, LogFilter, LogKind, LogLevel, LogStat
from domain.paging import Page
from persistence.arrays import unnested
from persistence.connection import Connection, Transaction
from persistence.engine import Database
from persistence.keyset import after_moment, moment_cursor, read_slice
from persistence.tables.logs import log_entries

COLUMNS = tuple(log_entries.c.keys())
PATIENCE_MS = 15_000
KEYS = unnested("keys", at=log_entries.c.at.type, id=Uuid)
STORED = select(log_entries.c.id).join_from(
    KEYS, log_entries, (log_entries.c.at == KEYS.c.at) & (log_entries.c.id == KEYS.c.id)
)
MOST_OPERATIONS = 200
PERCENTILES = (0.5, 0.95, 0.99)


async def not_stored(connection: Connection, entries: Sequence[LogEntry]) -> list[LogEntry]:
    keys = {"at": [entry.at for entry in entries], "id": [entry.id for entry in entries]}
    stored = set(await connection.scalars(STORED, keys))
    return [entry for entry in entries if entry.id not in stored]


async def copy_entries(connection: Transaction, entries: Sequence[LogEntry]) -> None:
    await connection.copy(log_entries.name, COLUMNS, map(row_of, entries))


def row_of(entry: LogEntry) -> tuple[Any, ...]:
    id_, at, level, kind, *rest = entry
    return (id_, at, level.value, kind.value, *rest)


def entry_of(row: Sequence[Any]) -> LogEntry:
    id_, at, level, kind, *rest = row
    return LogEntry(id_, at, LogLevel(level), LogKind(kind), *rest)


class LogReadStatements:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self, wanted: LogFilter, *, limit: int, after: str | None) -> Page[LogEntry]:
        query = select(log_entries).where(*_conditions(wanted))
        order = (log_entries.c.at, log_entries.c.id)
        async with self._reading() as connection:
            found = await read_slice(connection, query, order, limit=limit, after=after_moment(after))
        return Page.of(list(map(entry_of, found.rows)), _cursor, more=found.more, earlier=found.earlier)

    async def stats(self, since: datetime, until: datetime) -> list[LogStat]:
        operation = func.coalesce(log_entries.c.operation, UNNAMED)
        percentiles = func.percentile_cont(literal(PERCENTILES, ARRAY(log_entries.c.duration_ms.type)))
        query = (
            select(
                operation,
                func.count(),
                func.count().filter(log_entries.c.status >= 400),
                percentiles.within_group(log_entries.c.duration_ms),
            )
            .where(log_entries.c.kind == LogKind.REQUEST.value, log_entries.c.at >= since, log_entries.c.at < until)
            .group_by(operation)
            .order_by(func.count().desc(), operation)
            .limit(MOST_OPERATIONS)
        )
        async with self._reading() as connection:
            rows = (await connection.execute(query)).all()
        return [LogStat(name, count, errors, *map(round, times or (0, 0, 0))) for name, count, errors, times in rows]

    async def warnings(self, ids: Sequence[UUID], since: datetime, until: datetime) -> list[LogEntry]:
        """Those of the ids, at WARNING or above, from `since` to `until`; oldest first."""
        query = (
            select(log_entries)
            .where(
                log_entries.c.level >= LogLevel.WARNING.value,
                log_entries.c.at.between(since, until),
                log_entries.c.id == any_(literal(list(ids), ARRAY(Uuid))),
            )
            .order_by(log_entries.c.at, log_entries.c.id)
        )
        async with self._reading() as connection:
            return list(map(entry_of, (await connection.execute(query)).all()))

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Connection]:
        """What takes too long is the admin's to narrow. On the primary: a replica lags."""
        try:
            async with self._database.transaction() as connection:
                await connection.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS}"))
                yield connection
        except asyncpg.QueryCanceledError:
            raise BadUserInput(
                "日志太多，请缩小时间范围", "Too many entries: narrow the span of time.", field="from"
            ) from None


def _conditions(wanted: LogFilter) -> list[Any]:
    table = log_entries.c
    wishes: list[tuple[Any, Callable[[Any], ColumnElement[bool]]]] = [
        (wanted.level, lambda level: table.level >= level.value),
        (wanted.kind, lambda kind: table.kind == kind.value),
        (wanted.operation, lambda operation: table.operation == operation),
        (wanted.user_id, lambda user_id: table.user_id == user_id),
        (wanted.request_id, lambda request_id: table.request_id == request_id),
        (wanted.since, lambda since: table.at >= since),
        (wanted.until, lambda until: table.at < until),
        (wanted.min_duration_ms, lambda least: table.duration_ms >= least),
        (wanted.text, lambda text: table.message.icontains(text, autoescape=True)),
    ]
    return [condition(value) for value, condition in wishes if value is not None]


def _cursor(entry: LogEntry) -> str:
    return moment_cursor(entry.at, entry.id)
