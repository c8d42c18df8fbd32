"""What a process notes of itself, from before it serves until after: entries, lines, figures."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from domain.figures import Connections
from domain.traces import summary_of
from persistence.engine import Database
from persistence.figures import FigureReadStatements
from persistence.log_buffer import LogBuffer
from persistence.log_writer import LogWriter, WriteLines
from persistence.meter import Figure, PrometheusMeter

PATIENCE_S = 2.0
log = logging.getLogger("wellmate")


def write_nothing(_entries: object) -> None:
    return None


def none() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Instruments:
    """`sockets`, `subscriptions`: how many live now."""

    buffer: LogBuffer = field(default_factory=LogBuffer)
    meter: PrometheusMeter = field(default_factory=lambda: PrometheusMeter(()))
    write_lines: WriteLines = write_nothing
    sockets: Callable[[], int] = none
    subscriptions: Callable[[], int] = none


@dataclass(slots=True)
class Gauges:
    """What is read when somebody asks. Implements `domain.figures.Here`. `replies`: by status, None: not known."""

    instruments: Instruments
    database: Database
    writer: LogWriter
    reads: FigureReadStatements
    replies: Mapping[str, int] | None = None

    async def refresh(self) -> None:
        """Before `figures`; those that the database has to tell are left out when it does not."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                self.replies = await self.reads.unfinished()
        except Exception as error:
            self.replies = None
            log.warning("figures without the database: %s", summary_of(error))

    def connections(self) -> Connections:
        return Connections(self.database.in_use, self.database.most)

    def subscriptions(self) -> int:
        return self.instruments.subscriptions()

    def figures(self) -> Iterator[Figure]:
        instruments, buffer = self.instruments, self.instruments.buffer
        yield Figure("wellmate_sockets", "Open WebSockets.", instruments.sockets())
        yield Figure("wellmate_live_subscriptions", "Subscriptions that run.", instruments.subscriptions())
        yield Figure("wellmate_database_connections", "Connections in use.", self.database.in_use)
        yield Figure("wellmate_database_connections_max", "Connections there may be.", self.database.most)
        yield Figure("wellmate_database_up", "1: it answered.", int(self.replies is not None))
        for status, count in (self.replies or {}).items():
            yield Figure("wellmate_replies_unfinished", "Replies, of all processes.", count, ("status", status))
        yield Figure("wellmate_log_entries_waiting", "Log entries not stored yet.", self.writer.waiting)
        dropped = {"full": buffer.dropped, "flood": buffer.left_out, "unstored": self.writer.dropped}
        for reason, count in dropped.items():
            help_text = "Log entries that were not stored."
            yield Figure("wellmate_log_entries_dropped", help_text, count, ("reason", reason), counts=True)
