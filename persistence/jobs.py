"""What we ask of pgqueuer beyond its ways: statements inside our transactions, and patience with the database."""

import logging
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.domain.models import Job, TracebackRecord
from pgqueuer.domain.types import JOB_STATUS, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries
from sqlalchemy import Text, Uuid, bindparam, select, text

from domain.chat.models import MessageKey, message_id
from persistence.appending import REPLY, enqueued, job_values, name_of
from persistence.connection import Connection
from persistence.engine import AWAY
from persistence.tables.chat import replies, unfinished

CHANNEL = "ch_pgqueuer"
DROP = text("DELETE FROM pgqueuer WHERE dedupe_key = :name")
ENQUEUE = enqueued(select(*job_values(REPLY, bindparam("name", type_=Text))))
ENQUEUE_NEXT = enqueued(
    select(*job_values(REPLY, name_of(replies)))
    .where(replies.c.session_id == bindparam("session", type_=Uuid), unfinished(replies))
    .order_by(replies.c.seq)
    .limit(1)
)
ENQUEUE_CHORE = text("INSERT INTO pgqueuer (priority, entrypoint, status) VALUES (0, CAST(:chore AS text), 'queued')")
OVER = """
WITH over AS (DELETE FROM pgqueuer WHERE id = ANY($1) AND queue_manager_id = $2 RETURNING id)
DELETE FROM pgqueuer_log USING over WHERE job_id = over.id"""

T = TypeVar("T")
log = logging.getLogger(__name__)


class JobStatements:
    """Implements `domain.assistant.ports.JobQueue` inside a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def enqueue_reply(self, key: MessageKey) -> None:
        await self._connection.execute(ENQUEUE, {"name": message_id(key.session_id, key.seq)})

    async def enqueue_next(self, session_id: UUID) -> None:
        await self._connection.execute(ENQUEUE_NEXT, {"session": session_id})

    async def hand_over_reply(self, key: MessageKey) -> None:
        await self._connection.execute(DROP, {"name": message_id(key.session_id, key.seq)})
        await self.enqueue_reply(key)

    async def enqueue_chore(self, name: str) -> None:
        """Each time anew: one that runs already may have looked before this transaction."""
        await self._connection.execute(ENQUEUE_CHORE, {"chore": name})


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
        """Asked for those whose time is to come: none of ours waits for a time."""
        return 0

    async def eligible_queued_work(self, entrypoints: list[QueueEntrypoint]) -> int:
        return await _unless_away(super().eligible_queued_work(entrypoints), 0)

    async def next_deferred_eta(self, entrypoints: list[QueueEntrypoint]) -> timedelta | None:
        return None

    async def log_jobs(self, job_status: list[tuple[Job, JOB_STATUS, TracebackRecord | None]]) -> None:
        """They go, with what was noted of them, if they are still ours: we may have been too slow with one."""
        if job_status:
            ids = [job.id for job, _, _ in job_status]
            await self.driver.execute(OVER, ids, job_status[0][0].queue_manager_id)


async def _unless_away(answer: Awaitable[T], otherwise: T) -> T:
    try:
        return await answer
    except AWAY as error:
        log.warning("the jobs cannot be read: %s", type(error).__name__)
        return otherwise
