"""The reads that every request makes: Core statements compiled once, run by asyncpg itself on prepared statements.

SQLAlchemy's connection costs three times what asyncpg's does for a read of twenty rows (`docs/decisions/0009`).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
import orjson
from sqlalchemy import Select, make_url
from sqlalchemy.dialects import registry

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_DIALECT: Any = registry.load("postgresql.asyncpg")()
_OF_SQLALCHEMY = ("prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback", "async_creator_fn")


class Prepared:
    """A statement with what it was built with; what is bound later is given by name."""

    __slots__ = ("_built_in", "_names", "sql")

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self.sql: str = compiled.string
        self._names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._built_in: dict[str, Any] = {name: value for name, value in compiled.params.items() if value is not None}

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """In the order of their places in the text."""
        return [given[name] if name in given else self._built_in[name] for name in self._names]


class Pool:
    """Connections for single reads, opened when needed. asyncpg's own pool costs half a read more: a task a release."""

    def __init__(self, url: str, size: int, **options: Any) -> None:
        """`options`: as `asyncpg.connect` takes them."""
        _, where = _DIALECT.create_connect_args(make_url(url))
        self._where: dict[str, Any] = {name: value for name, value in where.items() if name not in _OF_SQLALCHEMY}
        self._options = options
        self._free = asyncio.Semaphore(size)
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()

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
    async def connection(self, patience_s: float) -> AsyncIterator[Connection]:
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

    async def _taken(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                break
        else:
            connection = await self._opened()
        self._busy.add(connection)
        return connection

    async def _opened(self) -> Connection:
        connection = await asyncpg.connect(**self._where, **self._options)
        try:
            await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_json, decoder=orjson.loads)
        except BaseException:
            connection.terminate()
            raise
        return connection

    def _give_back(self, connection: Connection) -> None:
        self._busy.discard(connection)
        if not connection.is_closed():
            self._idle.append(connection)


async def _rolled_back(connection: Connection) -> None:
    try:
        if connection.is_in_transaction():
            await connection.execute("ROLLBACK")
    except BaseException:
        connection.terminate()
        raise


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
