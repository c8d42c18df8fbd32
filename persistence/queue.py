"""The job engine, on pgqueuer: jobs are rows, enqueued in the transaction of what they are about."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.sm import SchedulerManager
from pgqueuer.domain.models import Job, Schedule
from pgqueuer.queries import Queries
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.chat.models import MessageKey, message_id, parse_message_id
from persistence.engine import Database

REPLY = "reply"
HEARTBEAT = timedelta(seconds=6)
"""A job whose worker was killed is picked again after this silence."""
SWEEP_S = 3.0
DRAIN_S = 20.0
BATCH = 20

ORPHANS = text(
    "SELECT session_id, seq FROM"
    " (SELECT session_id, min(seq) AS seq FROM replies WHERE status IN ('QUEUED', 'RUNNING') GROUP BY session_id) first"
    " WHERE NOT EXISTS (SELECT FROM pgqueuer WHERE dedupe_key = session_id::text || '.' || seq)"
)
TO_STOP = text("SELECT session_id, seq FROM replies WHERE status = 'RUNNING' AND stop_requested")

log = logging.getLogger(__name__)
Handler = Callable[[MessageKey], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Chore:
    """Work of the house, done by one process: when `enqueue_chore` asks for it and, with `cron` (UTC), on time."""

    name: str
    run: Callable[[], Awaitable[None]]
    cron: str | None = None


class JobStatements:
    """Implements `domain.assistant.ports.JobQueue` inside a transaction.

    Enqueuing is never the first statement of one: SQLAlchemy begins it with its own first statement.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def enqueue_reply(self, key: MessageKey) -> None:
        name = message_id(key.session_id, key.seq)
        await (await self._queries()).enqueue(REPLY, name.encode(), dedupe_key=name, on_conflict="skip")

    async def enqueue_chore(self, name: str) -> None:
        """Each time anew: one that runs already may have looked before this transaction."""
        await (await self._queries()).enqueue(name, None)

    async def _queries(self) -> Queries:
        raw = await self._connection.get_raw_connection()
        driver = raw.driver_connection
        if driver is None:
            raise AssertionError("an open transaction has a connection")
        return Queries(AsyncpgDriver(driver))


class Worker:
    """Runs the jobs of one process. A cancelled `handle` leaves its job to another; `stop` ends one that runs here."""

    def __init__(
        self,
        database: Database,
        dsn: str,
        handle: Handler,
        stop: Callable[[MessageKey], None],
        chores: Sequence[Chore] = (),
    ) -> None:
        self._database = database
        self._stop = stop
        self._dsn = dsn.replace("+asyncpg", "")
        self._handle = handle
        self._chores = chores

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncpg.create_pool(self._dsn, min_size=2, max_size=4) as pool:
            queries = Queries(AsyncpgPoolDriver(pool))
            manager, scheduler = QueueManager(queries), SchedulerManager(queries)
            manager.entrypoint(REPLY)(self._work)
            for chore in self._chores:
                _register(chore, manager, scheduler)
            tasks = [
                asyncio.create_task(manager.run(batch_size=BATCH, heartbeat_timeout=HEARTBEAT)),
                asyncio.create_task(scheduler.run()),
                asyncio.create_task(self._sweep()),
            ]
            try:
                yield
            finally:
                manager.shutdown.set()
                scheduler.shutdown.set()
                tasks[2].cancel()
                await self._drain(tasks)

    async def _drain(self, tasks: list[asyncio.Task[None]]) -> None:
        """Jobs that do not end in time are cancelled; the sweep of whoever comes next takes them up."""
        _, late = await asyncio.wait(tasks, timeout=DRAIN_S)
        for task in late:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("the job engine ended badly", exc_info=outcome)

    async def _work(self, job: Job) -> None:
        key = parse_message_id((job.payload or b"").decode())
        if key is not None:
            await self._handle(key)

    async def _sweep(self) -> None:
        """Replies whose job is gone (its worker failed or was told to go) get a new one; lost signals are made good."""
        while True:
            with suppress(OSError, asyncpg.PostgresError):
                async with self._database.transaction() as connection:
                    for session_id, seq in (await connection.execute(ORPHANS)).all():
                        await JobStatements(connection).enqueue_reply(MessageKey(session_id, seq))
                    for session_id, seq in (await connection.execute(TO_STOP)).all():
                        self._stop(MessageKey(session_id, seq))
            await asyncio.sleep(SWEEP_S)


def _register(chore: Chore, manager: QueueManager, scheduler: SchedulerManager) -> None:
    async def on_demand(_job: Job) -> None:
        await chore.run()

    async def on_time(_schedule: Schedule) -> None:
        await chore.run()

    manager.entrypoint(chore.name)(on_demand)
    if chore.cron is not None:
        scheduler.schedule(chore.name, chore.cron)(on_time)
