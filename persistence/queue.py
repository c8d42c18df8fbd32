"""The job engine, on pgqueuer: jobs are rows, enqueued in the transaction of what they are about."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Protocol

import asyncpg
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.sm import SchedulerManager
from pgqueuer.domain.models import Job, Schedule
from pgqueuer.ports.driver import NotifyCallback
from sqlalchemy import text

from domain.chat.models import MessageKey, parse_message_id
from persistence.appending import REPLY
from persistence.connection import Connection
from persistence.dsn import dsn_of
from persistence.engine import Database
from persistence.jobs import CHANNEL, JobStatements, PatientQueries, RelayedDriver
from persistence.signals import Signals
from persistence.tasks import end

HEARTBEAT = timedelta(seconds=6)
"""A job whose worker was killed is picked again after this silence."""
POLL = timedelta(seconds=1)
"""Nobody tells of silence: so it is looked for."""
NEVER = timedelta(0)
SWEEP_S = 3.0
LAST_WORDS_S = 5.0
RESTART_S = 1.0
BATCH = 20

ORPHANS = text(
    "SELECT session_id, seq FROM"
    " (SELECT session_id, min(seq) AS seq FROM replies WHERE status IN ('QUEUED', 'RUNNING') GROUP BY session_id) first"
    " WHERE NOT EXISTS (SELECT FROM pgqueuer WHERE dedupe_key = session_id::text || '.' || seq)"
)
TO_STOP = text("SELECT session_id, seq FROM replies WHERE status = 'RUNNING' AND stop_requested")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Work of the house, done by one process: when `enqueue_chore` asks for it and, with `cron` (UTC), on time."""

    name: str
    run: Callable[[], Awaitable[None]]
    cron: str | None = None


class Runner(Protocol):
    """Whoever generates replies. A cancelled `run` hands its reply over; `stop` ends one that runs here."""

    async def run(self, key: MessageKey) -> None: ...

    def stop(self, key: MessageKey) -> None: ...


class Worker:
    """Runs the jobs of one process."""

    def __init__(
        self, database: Database, url: str, runner: Runner, chores: Sequence[Chore] = (), drain_s: float = 20.0
    ) -> None:
        self._database = database
        self._dsn = dsn_of(url)
        self._runner = runner
        self._chores = chores
        self._drain_s = drain_s
        self._drained_by: float | None = None
        self._listeners: list[NotifyCallback] = []
        self._managers: dict[str, QueueManager | SchedulerManager] = {}

    def follow(self, signals: Signals) -> None:
        """Before `signals.start()`."""
        signals.on_channel(CHANNEL, self._noticed)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """At the end jobs get some seconds, counted from `drain` where that came before; then they are handed over."""
        async with asyncpg.create_pool(self._dsn, min_size=1, max_size=4, reset=_leave_as_it_is) as pool:
            driver = RelayedDriver(pool, self._listeners)
            working = asyncio.create_task(self._keep(self._take_jobs, driver), name="jobs")
            others = [
                asyncio.create_task(self._keep(self._keep_times, driver), name="schedules"),
                asyncio.create_task(self._sweep(), name="sweep"),
            ]
            try:
                yield
            finally:
                self.drain()
                await end(*others)
                await asyncio.wait({working}, timeout=self._left_s())
                await self._hand_over(working)

    def drain(self) -> None:
        """Take no more jobs."""
        if self._drained_by is None:
            self._drained_by = monotonic() + self._drain_s
        for manager in self._managers.values():
            manager.shutdown.set()

    def _left_s(self) -> float:
        return max((self._drained_by or 0) - monotonic(), 0)

    async def _hand_over(self, working: asyncio.Task[None]) -> None:
        """Once only: a second cancellation would disturb the handing over."""
        working.cancel()
        await asyncio.wait({working}, timeout=LAST_WORDS_S)
        await end(working)

    def _noticed(self, payload: str) -> None:
        for listener in self._listeners:
            listener(payload)

    async def _keep(self, work: Callable[[RelayedDriver], Awaitable[None]], driver: RelayedDriver) -> None:
        """Errors that pgqueuer does not foresee end it: they are told, and it begins anew."""
        while self._drained_by is None:
            try:
                await work(driver)
            except Exception:
                log.exception("the job engine ended badly")
                await asyncio.sleep(RESTART_S)

    async def _take_jobs(self, driver: RelayedDriver) -> None:
        self._listeners.clear()
        manager = QueueManager(PatientQueries(driver))
        manager.entrypoint(REPLY)(self._run)
        for chore in self._chores:
            manager.entrypoint(chore.name)(_on_demand(chore))
        self._managers["jobs"] = manager
        await manager.run(
            dequeue_timeout=POLL, batch_size=BATCH, heartbeat_timeout=HEARTBEAT, log_aggregation_interval=NEVER
        )

    async def _keep_times(self, driver: RelayedDriver) -> None:
        manager = SchedulerManager(PatientQueries(driver))
        for chore in self._chores:
            if chore.cron is not None:
                manager.schedule(chore.name, chore.cron)(_on_time(chore))
        self._managers["schedules"] = manager
        await manager.run()

    async def _run(self, job: Job) -> None:
        key = parse_message_id((job.payload or b"").decode())
        if key is not None:
            await self._runner.run(key)

    async def _sweep(self) -> None:
        """Replies whose job is gone get a new one; lost signals are made good."""
        while True:
            try:
                async with self._database.transaction() as connection:
                    await self._adopt(connection)
                    for session_id, seq in (await connection.execute(TO_STOP)).all():
                        self._runner.stop(MessageKey(session_id, seq))
            except Exception as error:
                log.warning("the sweep failed: %s", type(error).__name__)
            await asyncio.sleep(SWEEP_S)

    async def _adopt(self, connection: Connection) -> None:
        for session_id, seq in (await connection.execute(ORPHANS)).all():
            await JobStatements(connection).enqueue_reply(MessageKey(session_id, seq))


async def _leave_as_it_is(_connection: object) -> None:
    """Single statements leave nothing behind that another one could meet."""


def _on_demand(chore: Chore) -> Callable[[Job], Awaitable[None]]:
    async def run(_job: Job) -> None:
        await chore.run()

    return run


def _on_time(chore: Chore) -> Callable[[Schedule], Awaitable[None]]:
    async def run(_schedule: Schedule) -> None:
        await chore.run()

    return run
