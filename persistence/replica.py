"""Batched reads on a replica: for whoever has not written of late, and as long as it keeps up with the primary.

The primary's place in its log is noted twice a second. The newest of these places that the replica has replayed says up
to which moment it knows everything: it serves while that moment is not long ago, and a writer as soon as it lies after
the writing.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

import asyncpg
from sqlalchemy import Executable, text

from persistence.connection import Connection, Reader, Rows, Transaction
from persistence.engine import AWAY, Database, open_replica
from persistence.prepared import Prepared
from persistence.tasks import end

LAG_S = 5.0
"""A replica further behind serves nobody; so a user who wrote longer ago finds the writing there."""
LOOK_S = 0.5
TELL_S = 1.0
TOLD_MS = int((LAG_S + 2 * TELL_S) * 1000)
WRITTEN = text("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
REPLAYED = text("SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn")
FAILURES = (asyncpg.PostgresError, *AWAY)

log = logging.getLogger(__name__)


class Writings(Protocol):
    """What processes tell each other of who has just written."""

    async def may_have(self, user_id: UUID) -> bool:
        """True also when nobody can say."""

    async def tell(self, user_id: UUID, told_ms: int) -> None:
        """Known for `told_ms`."""


class Replica:
    """Implements `domain.freshness.Freshness`; `reads` is the database as batched reads on the replica see it."""

    def __init__(self, database: Database, url: str, writings: Writings | None) -> None:
        self._primary = database
        self.pool = open_replica(url)
        self._writings = writings
        self._places: deque[tuple[float, int]] = deque()
        self._known_until = float("-inf")
        self._writers: dict[UUID, float] = {}
        self._telling: set[asyncio.Task[None]] = set()
        self.reads = ReplicaReads(database, self)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        watching = asyncio.create_task(self._watch(), name="replica")
        try:
            yield
        finally:
            await end(watching, *self._telling)
            await self.pool.close()

    @property
    def serves(self) -> bool:
        return monotonic() - self._known_until < LAG_S

    async def may_lag(self, user_id: UUID | None) -> bool:
        if not self.serves or (user_id is not None and user_id in self._writers):
            return False
        return user_id is None or self._writings is None or not await self._writings.may_have(user_id)

    async def will_write(self, user_id: UUID) -> None:
        self._writers[user_id] = monotonic()
        await self._tell(user_id)

    def told(self, user_id: UUID) -> None:
        before, now = self._writers.get(user_id, float("-inf")), monotonic()
        self._writers[user_id] = now
        if self._writings is not None and now - before > TELL_S:
            telling = asyncio.create_task(self._tell(user_id))
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        async with self.pool.connection(LAG_S) as driver:
            yield Connection(driver, self._primary.statements)

    def failed(self, error: Exception) -> None:
        """Nobody reads there until it has been found well again."""
        log.warning("the replica failed: %s", type(error).__name__)
        self._known_until = float("-inf")

    async def _tell(self, user_id: UUID) -> None:
        if self._writings is not None:
            await self._writings.tell(user_id, TOLD_MS)

    async def _watch(self) -> None:
        while True:
            with suppress(*FAILURES):
                await self._note_place()
            try:
                await self._compare()
            except FAILURES as error:
                if self.serves:
                    self.failed(error)
            await asyncio.sleep(LOOK_S)

    async def _note_place(self) -> None:
        now = monotonic()
        async with self._primary.reading() as connection:
            self._places.append((now, int((await connection.execute(WRITTEN)).scalar())))
        while len(self._places) > LAG_S / LOOK_S:
            self._places.popleft()

    async def _compare(self) -> None:
        async with self.connected() as connection:
            replayed = (await connection.execute(REPLAYED)).scalar()
        while self._places and replayed is not None and self._places[0][1] <= replayed:
            self._known_until = self._places.popleft()[0]
        self._writers = {user: wrote for user, wrote in self._writers.items() if wrote >= self._known_until}


@dataclass(frozen=True, slots=True)
class ReplicaReads:
    """Reads go to the replica, and where it fails to the primary; the rest to the primary."""

    database: Database
    replica: Replica

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        return self.database.transaction()

    async def fetch(self, statement: Prepared, /, **given: Any) -> Sequence[Sequence[Any]]:
        try:
            return await self.replica.pool.fetch(statement, given)
        except FAILURES as error:
            self.replica.failed(error)
        return await self.database.fetch(statement, **given)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        async with AsyncExitStack() as stack:
            yield Either(stack, self.replica, self.database)


class Either:
    """One connection of the replica, or of the primary when that one fails. Reads can be begun again."""

    def __init__(self, stack: AsyncExitStack, replica: Replica, database: Database) -> None:
        self._stack = stack
        self._replica: Replica | None = replica
        self._database = database
        self._connection: Connection | None = None

    async def execute(self, statement: Executable, parameters: Any = None) -> Rows:
        replica = self._replica
        if replica is not None:
            try:
                if self._connection is None:
                    self._connection = await self._stack.enter_async_context(replica.connected())
                return await self._connection.execute(statement, parameters)
            except FAILURES as error:
                replica.failed(error)
                self._replica = self._connection = None
        if self._connection is None:
            self._connection = await self._stack.enter_async_context(self._database.reading())
        return await self._connection.execute(statement, parameters)
