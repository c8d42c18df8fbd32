"""Connections of asyncpg, opened when needed. Its own pool costs half a read more: a task a release."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
import orjson

from persistence.dsn import dsn_of
from persistence.prepared import Prepared

Driver: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Pool:
    def __init__(self, url: str, size: int, **options: Any) -> None:
        """`options`: as `asyncpg.connect` takes them."""
        self._dsn = dsn_of(url)
        self._options = options
        self._free = asyncio.Semaphore(size)
        self._idle: list[Driver] = []
        self._busy: set[Driver] = set()
        self.size = size

    @property
    def in_use(self) -> int:
        return len(self._busy)

    async def fetch(self, statement: Prepared, given: Mapping[str, Any]) -> list[asyncpg.Record]:
        async with self._free:
            connection = await self._taken()
            try:
                rows: list[asyncpg.Record] = await connection.fetch(statement.sql, *statement.arguments(given))
            except BaseException:
                connection.terminate()  # it may still be in the middle of something
                raise
            finally:
                self._give_back(connection)
        return rows

    @asynccontextmanager
    async def connection(self, patience_s: float) -> AsyncIterator[Driver]:
        """For a transaction: what is still open at the end is rolled back. Raises TimeoutError when none is free."""
        async with asyncio.timeout(patience_s):
            await self._free.acquire()
        try:
            connection = await self._taken()
            try:
                yield connection
            except Exception:
                await _rolled_back(connection)
                raise
            except BaseException:
                connection.terminate()  # it may still be in the middle of something
                raise
            finally:
                self._give_back(connection)
        finally:
            self._free.release()

    async def close(self) -> None:
        for connection in (*self._idle, *self._busy):
            connection.terminate()
        self._idle.clear()

    async def _taken(self) -> Driver:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                break
        else:
            connection = await self._opened()
        self._busy.add(connection)
        return connection

    async def _opened(self) -> Driver:
        connection = await asyncpg.connect(self._dsn, **self._options)
        try:
            await connection.set_type_codec(
                "jsonb", schema="pg_catalog", encoder=_encoded, decoder=_decoded, format="binary"
            )
        except BaseException:
            connection.terminate()
            raise
        return connection

    def _give_back(self, connection: Driver) -> None:
        self._busy.discard(connection)
        if not connection.is_closed():
            self._idle.append(connection)


async def _rolled_back(connection: Driver) -> None:
    try:
        if not connection.is_closed() and connection.is_in_transaction():
            await connection.execute("ROLLBACK")
    except BaseException:
        connection.terminate()
        raise


# jsonb on the wire is its version, and text: https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/jsonb.c
def _encoded(value: Any) -> bytes:
    return b"\x01" + orjson.dumps(value)


def _decoded(stored: bytes) -> Any:
    return orjson.loads(stored[1:])
