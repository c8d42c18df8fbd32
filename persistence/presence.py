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

from persistence.dsn import dsn_of
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

    def __init__(self, url: str, *, alone: bool, patience_s: float = PATIENCE_S) -> None:
        self._dsn = dsn_of(url)
        self._alone = alone
        self._patience_s = patience_s

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Raises AlreadyServed."""
        self._connection = await self._enter()
        keeping = asyncio.create_task(self._keep(), name="presence")
        try:
            yield
        finally:
            await end(keeping)
            self._connection.terminate()

    async def _enter(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(self._dsn, timeout=PATIENCE_S)
        try:
            await self._take(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _take(self, connection: asyncpg.Connection) -> None:
        until = monotonic() + self._patience_s
        statement = f"SELECT pg_try_advisory_lock{'' if self._alone else '_shared'}($1)"
        while not await connection.fetchval(statement, AdvisoryLock.PRESENCE):
            if monotonic() > until:
                raise AlreadyServed(alone=self._alone)
            await asyncio.sleep(RETRY_S)

    async def _keep(self) -> None:
        """Taken again when the database was restarted."""
        while True:
            closed = asyncio.Event()
            self._connection.add_termination_listener(lambda _connection, closed=closed: closed.set())
            if not self._connection.is_closed():
                await closed.wait()
            self._connection = await self._enter_again()

    async def _enter_again(self) -> asyncpg.Connection:
        while True:
            try:
                return await self._enter()
            except AlreadyServed as error:
                log.critical("%s", error)
            except (*AWAY, asyncpg.PostgresError):
                await asyncio.sleep(RETRY_S)
