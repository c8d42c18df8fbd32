"""Puts together what is kept of a process's doings, for how long, and who hears of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.clock import Clock, utc_now
from domain.figures import FigureService
from domain.logs import LogService
from persistence.engine import Database
from persistence.figures import FigureReadStatements
from persistence.log_buffer import BufferHandler
from persistence.log_partitions import keep_partitions
from persistence.log_tail import LiveLogs
from persistence.log_writer import LogWriter
from persistence.logs import LogReadStatements
from persistence.queue import Chore
from persistence.retention import drop_expired_credentials, drop_old_events, forget_ai_contents
from settings import Settings
from wiring.instruments import Gauges, Instruments

LAST_FLUSH_S = 3.0
NIGHTLY = "41 19 * * *"
"""UTC: at night in China."""


@dataclass(frozen=True, slots=True)
class Logs:
    service: LogService
    figures: FigureService
    tail: LiveLogs
    refresh_figures: Callable[[], Awaitable[None]]


@asynccontextmanager
async def keeping_logs(settings: Settings, database: Database, instruments: Instruments) -> AsyncIterator[Logs]:
    """Entries are stored from here on; what waits at the end is stored too."""
    await keep_partitions(database, utc_now(), timedelta(days=settings.log_days))
    reads = LogReadStatements(database)
    tail = LiveLogs(reads)
    writer = LogWriter(database, instruments.buffer, tail, instruments.write_lines)
    figure_reads = FigureReadStatements(database)
    gauges = Gauges(instruments, database, writer, figure_reads)
    figures = FigureService(figure_reads, gauges, utc_now)
    instruments.meter.watch(gauges.figures)
    handler = BufferHandler(instruments.buffer)
    logging.getLogger().addHandler(handler)
    running = asyncio.create_task(writer.run(), name="logs")
    try:
        yield Logs(LogService(reads, tail), figures, tail, gauges.refresh)
    finally:
        logging.getLogger().removeHandler(handler)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_FLUSH_S):
                await writer.flush()


def retention_chores(settings: Settings, database: Database, clock: Clock = utc_now) -> tuple[Chore, ...]:
    """What is kept for a time only."""

    def before(days: int) -> datetime:
        return clock() - timedelta(days=days)

    async def logs() -> None:
        await keep_partitions(database, clock(), timedelta(days=settings.log_days))

    async def contents() -> None:
        await forget_ai_contents(database, before(settings.ai_content_days))

    async def events() -> None:
        await drop_old_events(database, before(settings.event_days))

    async def credentials() -> None:
        await drop_expired_credentials(database, clock())

    chores: tuple[Callable[[], Awaitable[None]], ...] = (logs, contents, events, credentials)
    return tuple(Chore(f"keep-{each.__name__}", each, cron=NIGHTLY) for each in chores)
