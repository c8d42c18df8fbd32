"""Entries of the log for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from domain.clock import new_id
from domain.logs import LogEntry, LogKind, LogLevel
from persistence.engine import Database
from persistence.logs import copy_entries


def entry(at: datetime | None = None, **more: Any) -> LogEntry:
    """A request of this moment."""
    made = LogEntry(new_id(), at or datetime.now(UTC), LogLevel.INFO, LogKind.REQUEST, status=200, duration_ms=1.5)
    return made._replace(**more)


async def store(database: Database, entries: Sequence[LogEntry]) -> None:
    async with database.transaction() as connection:
        await copy_entries(connection, entries)
