"""The job engine, on pgqueuer: jobs are rows, enqueued in the transaction of what they are about."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.models import Job
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


class JobStatements:
    """Implements `domain.assistant.ports.JobQueue` inside a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def enqueue_reply(self, key: MessageKey) -> None:
        """Never the first statement of a transaction: SQLAlchemy begins it with its own first statement."""
        raw = await self._connection.get_raw_connection()
        driver = raw.driver_connection
        if driver is None:
            raise AssertionError("an open transaction has a connection")
        name = message_id(key.session_id, key.seq)
        await Queries(AsyncpgDriver(driver)).enqueue(REPLY, name.encode(), dedupe_key=name, on_conflict="skip")


class Worker:
    """Runs the jobs of one process. A cancelled `handle` leaves its job to another; `stop` ends one that runs here."""

    def __init__(self, database: Database, dsn: str, handle: Handler, stop: Callable[[MessageKey], None]) -> None:
        self._database = database
        self._stop = stop
        self._dsn = dsn.replace("+asyncpg", "")
        self._handle = handle

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncpg.create_pool(self._dsn, min_size=2, max_size=4) as pool:
            manager = QueueManager(Queries(AsyncpgPoolDriver(pool)))
            manager.entrypoint(REPLY)(self._work)
            tasks = [
                asyncio.create_task(manager.run(batch_size=BATCH, heartbeat_timeout=HEARTBEAT)),
                asyncio.create_task(self._sweep()),
            ]
            try:
                yield
            finally:
                manager.shutdown.set()
                tasks[1].cancel()
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
