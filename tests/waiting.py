"""Waiting for what another task will do, without guessing how long it takes."""

import asyncio
import time
from collections.abc import Callable

from sqlalchemy import text

from persistence.engine import Database

WAITS = text(
    "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
    " WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted)"
)


async def until(condition: Callable[[], bool], *, within: float = 10.0) -> float:
    """Seconds waited. Raises TimeoutError."""
    began = time.monotonic()
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 the condition is another process's
            await asyncio.sleep(0.005)
    return time.monotonic() - began


async def somebody_waits_for_a_lock(database: Database) -> None:
    """An advisory one. Raises TimeoutError."""
    async with database.reading() as connection, asyncio.timeout(10):
        while not (await connection.execute(WAITS)).scalar():  # noqa: ASYNC110 PostgreSQL tells nobody
            await asyncio.sleep(0.005)
