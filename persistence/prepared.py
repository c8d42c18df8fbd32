"""The reads that every request makes: Core statements compiled once, run by asyncpg itself on prepared statements.

SQLAlchemy's connection costs three times what asyncpg's does for a read of twenty rows (`docs/decisions/0009`).
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson
from sqlalchemy import Select, make_url
from sqlalchemy.dialects import registry

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
    """Connections for single reads, opened when first needed; nothing is reset between reads that leave nothing."""

    def __init__(self, url: str, size: int, **options: Any) -> None:
        """`options`: as `asyncpg.connect` takes them."""
        self._url = url
        self._size = size
        self._options = options
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()

    @property
    def in_use(self) -> int:
        return self._pool.get_size() - self._pool.get_idle_size() if self._pool is not None else 0

    async def fetch(self, statement: Prepared, given: Mapping[str, Any]) -> list[asyncpg.Record]:
        pool = self._pool or await self._open()
        async with pool.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(statement.sql, *statement.arguments(given))
        return rows

    async def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def _open(self) -> "asyncpg.Pool[asyncpg.Record]":
        async with self._opening:
            if self._pool is None:
                _, where = _DIALECT.create_connect_args(make_url(self._url))
                for name in _OF_SQLALCHEMY:
                    where.pop(name, None)
                self._pool = await asyncpg.create_pool(
                    min_size=0, max_size=self._size, init=_set_up, reset=_leave_as_it_is, **self._options, **where
                )
            return self._pool


async def _set_up(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_json, decoder=orjson.loads)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def _leave_as_it_is(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """A reset is one more round trip a read."""
