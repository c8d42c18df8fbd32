"""What we ask of pgqueuer beyond its ways: statements inside our transactions, and patience with the database."""

import logging
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.types import JOB_STATUS, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.chat.models import MessageKey, message_id
from persistence.engine import AWAY

REPLY = "reply"
CHANNEL = "ch_pgqueuer"
DROP = text("DELETE FROM pgqueuer WHERE dedupe_key = :name")
OWN = "SELECT id FROM pgqueuer WHERE id = ANY($1) AND queue_manager_id = $2"

T = TypeVar("T")
log = logging.getLogger(__name__)


class JobStatements:
    """Implements `domain.assistant.ports.JobQueue` inside a transaction.

    Enqueuing is never the first statement of one: SQLAlchemy begins it with its own first statement.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def enqueue_reply(self, key: MessageKey) -> None:
        name = message_id(key.session_id, key.seq)
        await (await self._queries()).enqueue(REPLY, name.encode(), dedupe_key=name, on_conflict="skip")

    async def hand_over_reply(self, key: MessageKey) -> None:
        await self._connection.execute(DROP, {"name": message_id(key.session_id, key.seq)})
        await self.enqueue_reply(key)

    async def enqueue_chore(self, name: str) -> None:
        """Each time anew: one that runs already may have looked before this transaction."""
        await (await self._queries()).enqueue(name, None)

    async def _queries(self) -> Queries:
        raw = await self._connection.get_raw_connection()
        driver = raw.driver_connection
        if driver is None:
            raise AssertionError("an open transaction has a connection")
        return Queries(AsyncpgDriver(driver))


class RelayedDriver(AsyncpgPoolDriver):
    """Hears notifications from whoever `listeners` are called by: a connection that is opened again when it breaks."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", listeners: list[NotifyCallback]) -> None:
        super().__init__(pool)
        self._listeners = listeners

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        self._listeners.append(callback)

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        self._listeners.remove(callback)


class PatientQueries(Queries):
    """While the database is away there are no jobs; those of other workers are let alone."""

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[Job]:
        found = super().dequeue(batch_size, entrypoints, queue_manager_id, global_concurrency_limit, heartbeat_timeout)
        return await _unless_away(found, [])

    async def queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return await _unless_away(super().queued_work(entrypoints), 0)

    async def eligible_queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return await _unless_away(super().eligible_queued_work(entrypoints), 0)

    async def next_deferred_eta(self, entrypoints: list[QueueEntrypoint]) -> timedelta | None:
        return await _unless_away(super().next_deferred_eta(entrypoints), None)

    async def log_jobs(self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]) -> None:
        """Only jobs that are still ours: one that we were too slow with may run elsewhere by now."""
        if job_status:
            ids = [job.id for job, _, _ in job_status]
            rows = await self.driver.fetch(OWN, ids, job_status[0][0].queue_manager_id)
            own = {row["id"] for row in rows}
            await super().log_jobs([entry for entry in job_status if entry[0].id in own])


async def _unless_away(answer: Awaitable[T], otherwise: T) -> T:
    try:
        return await answer
    except AWAY as error:
        log.warning("the jobs cannot be read: %s", type(error).__name__)
        return otherwise
