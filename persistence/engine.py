"""The ways into PostgreSQL: transactions on the primary, short reads in autocommit."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, TypeVar, cast

import asyncpg
from sqlalchemy import CursorResult, Executable, QueuePool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import StorageAway
from persistence.direct import Direct, Transactions
from persistence.prepared import Pool, Prepared

T = TypeVar("T")

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
AWAY = (OSError, *LOST)
"""A server that is starting, stopping, full or cannot be reached."""
# PostgreSQL compiles a statement when it believes it to be dear. Ours are short, and compiling one took 3 s.
SERVER_SETTINGS = {"jit": "off"}
READING: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None}
REPLICA_PATIENCE = {"timeout": 2.0, "command_timeout": 5.0}


class Reader(Protocol):
    """What a connection for reading can do."""

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[*tuple[Any, ...]]: ...


class Readable(Protocol):
    """What reads for many keys at once need: the database, or a replica of it."""

    async def fetch(self, statement: Prepared, /, **given: Any) -> Sequence[Sequence[Any]]: ...

    def reading(self) -> AbstractAsyncContextManager[Reader]: ...

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


@dataclass(frozen=True, slots=True)
class Database:
    """`most`: connections that the pools may hold together. `patience_s`: how long somebody waits for a free one."""

    primary: AsyncEngine
    read: AsyncEngine
    prepared: Pool
    talk: Transactions
    most: int
    patience_s: float

    @property
    def in_use(self) -> int:
        """Connections that somebody holds."""
        engines = (self.primary, self.read)
        checked_out = sum(cast("QueuePool", engine.sync_engine.pool).checkedout() for engine in engines)
        return checked_out + self.prepared.in_use + self.talk.pool.in_use

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One connection, one transaction: committed at the end, rolled back by any exception. Raises StorageAway."""
        return _told_if_away(self.primary.begin())

    def direct(self) -> AbstractAsyncContextManager[Direct]:
        """As `transaction`, by asyncpg itself."""
        return _told_if_away(self.talk.begin(self.patience_s))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One connection for one or a few reads, outside any transaction."""
        async with self.read.connect() as connection:
            yield connection

    async def fetch(self, statement: Prepared, /, **given: Any) -> Sequence[Sequence[Any]]:
        """The rows of one short read."""
        return await self.prepared.fetch(statement, given)

    async def close(self) -> None:
        await self.primary.dispose()
        await self.read.dispose()
        await self.prepared.close()
        await self.talk.pool.close()


@asynccontextmanager
async def _told_if_away(transaction: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    is_connected = False
    try:
        async with transaction as connection:
            is_connected = True
            yield connection
    except (DBAPIError, NoneFree, *AWAY) as error:
        if _is_lost(error) or not is_connected:
            raise StorageAway from error
        raise


def _is_lost(error: BaseException | None) -> bool:
    """asyncpg's errors come as they are, or as the cause of the cause of SQLAlchemy's."""
    if error is None or isinstance(error, ValueError):  # asyncpg counts wrong values among the errors of its interface
        return False
    return isinstance(error, LOST) or _is_lost(error.__cause__)


def open_database(url: str, *, pool_size: int = 10, overflow: int = 5, patience_s: float = 30.0) -> Database:
    """`url`: postgresql+asyncpg://…; `patience_s`: how long somebody waits for a free connection.

    SQLAlchemy's engines, which have what is rarer, keep half of `pool_size` and get `overflow` beyond it. Transactions
    wait for the disk, so there are more of them at a time than of reads.
    """
    half = max(pool_size // 2, 1)
    pool: dict[str, Any] = {"pool_size": half, "max_overflow": overflow, "pool_timeout": patience_s}
    prepared, talk = (Pool(url, size, server_settings=SERVER_SETTINGS) for size in (pool_size, pool_size + overflow))
    engines = _engine(url, **pool), _engine(url, **pool, **READING)
    return Database(*engines, prepared, Transactions(talk), 2 * (pool_size + half) + 3 * overflow, patience_s)


def open_replica(url: str, *, pool_size: int = 10, overflow: int = 5) -> tuple[AsyncEngine, Pool]:
    """For reads only; both fail soon rather than hang."""
    engine = _engine(url, REPLICA_PATIENCE, pool_size=pool_size, max_overflow=overflow, **READING)
    return engine, Pool(url, pool_size, server_settings=SERVER_SETTINGS, **REPLICA_PATIENCE)


def _engine(url: str, patience: Mapping[str, float] = MappingProxyType({}), **options: Any) -> AsyncEngine:
    connect_args = {"server_settings": SERVER_SETTINGS, **patience}
    return create_async_engine(url, pool_pre_ping=False, hide_parameters=True, connect_args=connect_args, **options)
