"""The months that log entries are kept in: made ahead, dropped when they are old."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from persistence.connection import Connection
from persistence.engine import Database
from persistence.locks import AdvisoryLock

AHEAD = timedelta(days=62)
LOCK_MS = 5_000
PREFIX = "log_entries_"
OURS = re.compile(PREFIX + r"\d{4}_\d{2}")
CHILDREN = text(
    "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'log_entries'::regclass"
)


async def keep_partitions(database: Database, now: datetime, keep: timedelta) -> list[str]:
    """Makes this month and the next two, drops those that ended before `now - keep`; returns the names of the dropped.

    Waits some seconds for whoever reads the logs, then gives up: there is time until tomorrow.
    """
    async with database.transaction() as connection:
        await connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_MS}"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": AdvisoryLock.LOG_MONTHS})
        existing = set((await connection.scalars(CHILDREN)).all())
        for month in months(now, now + AHEAD):
            if name_of(month) not in existing:
                await _add(connection, month)
        old = sorted(name for name in existing if OURS.fullmatch(name) and end_of(name) <= now - keep)
        for name in old:
            await connection.execute(text(f"DROP TABLE {name}"))
    return old


def months(first: datetime, last: datetime) -> list[datetime]:
    """The beginnings of the months from that of `first` to that of `last`, in UTC."""
    month, found = beginning(first), []
    while month <= last:
        found.append(month)
        month = beginning(month + timedelta(days=32))
    return found


def beginning(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def name_of(month: datetime) -> str:
    return f"{PREFIX}{month:%Y_%m}"


def end_of(name: str) -> datetime:
    return beginning(datetime.strptime(name, f"{PREFIX}%Y_%m").replace(tzinfo=UTC) + timedelta(days=32))


async def _add(connection: Connection, month: datetime) -> None:
    after = beginning(month + timedelta(days=32))
    await connection.execute(
        text(
            f"CREATE TABLE {name_of(month)} PARTITION OF log_entries"
            f" FOR VALUES FROM ('{month.isoformat()}') TO ('{after.isoformat()}')"
        )
    )
