"""The ways into PostgreSQL: transactions on the primary, short reads in autocommit."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import asyncpg

from domain.errors import StorageAway
from persistence.connection import Connection, Reader, Transaction
from persistence.pool import Pool
from persistence.prepared import Prepared, Statements

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
REPLICA_PATIENCE = {"timeout": 2.0, "command_timeout": 5.0}


class Readable(Protocol):
    """What reads for many keys at once need: the database, or a replica of it."""

    async def fetch(self, statement: Prepared, /, **given: Any) -> Sequence[Sequence[Any]]: ...

    def reading(self) -> AbstractAsyncContextManager[Reader]: ...

    def transaction(self) -> AbstractAsyncContextManager[Transaction]: ...


@dataclass(frozen=True, slots=True)
class Database:
    """`patience_s`: how long somebody waits for a free connection."""

    reads: Pool
    writes: Pool
    patience_s: float
    statements: Statements = field(default_factory=Statements)

    @property
    def most(self) -> int:
        """Connections that there may be."""
        return self.reads.size + self.writes.size

    @property
    def in_use(self) -> int:
        """Connections that somebody holds."""
        return self.reads.in_use + self.writes.in_use

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One connection, one transaction: committed at the end, rolled back by any exception. Raises StorageAway."""
        is_connected = False
        try:
            async with self.writes.connection(self.patience_s) as driver:
                is_connected = True
                transaction = Transaction(driver, self.statements)
                yield transaction
                await transaction.commit()
        except (asyncpg.PostgresError, *AWAY) as error:
            if _is_lost(error) or not is_connected:
                raise StorageAway from error
            raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """One connection for one or a few reads, outside any transaction."""
        async with self.reads.connection(self.patience_s) as driver:
            yield Connection(driver, self.statements)

    async def fetch(self, statement: Prepared, /, **given: Any) -> Sequence[Sequence[Any]]:
        """The rows of one short read."""
        return await self.reads.fetch(statement, given)

    async def close(self) -> None:
        await self.reads.close()
        await self.writes.close()


def _is_lost(error: BaseException) -> bool:
    """asyncpg counts wrong values among the errors of its interface."""
    return isinstance(error, LOST) and not isinstance(error, ValueError)


def open_database(url: str, *, reads: int = 15, writes: int = 20, patience_s: float = 30.0) -> Database:
    """`url`: postgresql+asyncpg://…. Transactions wait for the disk: so there are more of them at a time than reads."""
    return Database(_pool(url, reads), _pool(url, writes), patience_s)


def open_replica(url: str, size: int = 15) -> Pool:
    """For reads only; they fail soon rather than hang."""
    return _pool(url, size, **REPLICA_PATIENCE)


def _pool(url: str, size: int, **patience: float) -> Pool:
    return Pool(url, size, server_settings=SERVER_SETTINGS, **patience)
