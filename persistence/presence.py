"""Whether this process may serve the database beside others, told by an advisory lock that lives with a connection.

Processes that share Redis hold it together; one without Redis holds it alone, as replies that it generates are seen
live only in it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import asyncpg

from persistence.engine import AWAY
from persistence.locks import AdvisoryLock
from persistence.tasks import end

PATIENCE_S = 5.0
"""A killed process is missed by PostgreSQL after a moment."""
RETRY_S = 0.25

log = logging.getLogger(__name__)


class AlreadyServed(Exception):
    """Another process serves the database, and this one may not join it."""

    def __init__(self, *, alone: bool) -> None:
        other = "Another process serves this database already"
        super().__init__(
            f"{other}. Stop it, or give all of them the same WELLMATE_REDIS_URL, which several processes need."
            if alone
            else f"{other}, without WELLMATE_REDIS_URL. Give it the one that this process has."
        )


class Presence:
    """`alone`: beside no other; else beside others that are not alone either."""

    def __init__(self, dsn: str, *, alone: bool) -> None:
        self._dsn = dsn.replace("+asyncpg", "")
        self._alone = alone

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Raises AlreadyServed."""
        keeping = asyncio.create_task(self._keep(await self._enter()), name="presence")
        try:
            yield
        finally:
            await end(keeping)

    async def _enter(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(self._dsn, timeout=PATIENCE_S)
        until = monotonic() + PATIENCE_S
        statement = f"SELECT pg_try_advisory_lock{'' if self._alone else '_shared'}($1)"
        while not await connection.fetchval(statement, AdvisoryLock.PRESENCE):
            if monotonic() > until:
                await connection.close()
                raise AlreadyServed(alone=self._alone)
            await asyncio.sleep(RETRY_S)
        return connection

    async def _keep(self, connection: asyncpg.Connection) -> None:
        """Taken again when the database was restarted."""
        try:
            while True:
                closed = asyncio.Event()
                connection.add_termination_listener(lambda _connection, closed=closed: closed.set())
                if not connection.is_closed():
                    await closed.wait()
                connection = await self._enter_again()
        finally:
            connection.terminate()

    async def _enter_again(self) -> asyncpg.Connection:
        while True:
            try:
                return await self._enter()
            except AlreadyServed as error:
                log.critical("%s", error)
            except (*AWAY, asyncpg.PostgresError):
                await asyncio.sleep(RETRY_S)
