"""Carries entries from the buffer to lines, to those who follow, and into the database."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence

import asyncpg
from sqlalchemy import text

from domain.errors import StorageAway
from domain.logs import LogEntry, LogKind, LogLevel
from domain.traces import summary_of
from persistence.engine import Database
from persistence.log_buffer import CAPACITY, LogBuffer
from persistence.log_tail import SIGNAL, LiveLogs, word_of
from persistence.logs import copy_entries, not_stored
from persistence.signals import notify

FLUSH_S = 0.25
BATCH = 500
PATIENCE_S = 5.0
IDS_IN_A_WORD = 150
AWAY = (StorageAway, OSError, asyncpg.InsufficientResourcesError, asyncpg.ReadOnlySQLTransactionError)
"""The database cannot be reached, stops, is full or only for reading: the entries wait. Else it is their own fault."""
STORED_BEFORE = asyncpg.UniqueViolationError
"""The answer to a commit was lost. The entries wait, and are looked for next time."""
log = logging.getLogger(__name__)

WriteLines = Callable[[Sequence[LogEntry]], None]


class LogWriter:
    """While the database is away entries wait, as many as the buffer holds; then the newest are dropped and counted."""

    def __init__(self, database: Database, buffer: LogBuffer, tail: LiveLogs, write_lines: WriteLines) -> None:
        self._database = database
        self._buffer = buffer
        self._tail = tail
        self._write_lines = write_lines
        self._waiting: list[LogEntry] = []
        self._away = False
        self.dropped = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_S)
            await self.flush()

    @property
    def waiting(self) -> int:
        return len(self._waiting) + len(self._buffer)

    async def flush(self) -> None:
        while batch := self._buffer.take(BATCH):
            self._publish(batch)
            await self._store_waiting()
        await self._store_waiting()

    def _publish(self, batch: list[LogEntry]) -> None:
        self._write_lines([entry for entry in batch if entry.kind is LogKind.REQUEST])
        self._tail.offer(batch)
        room = max(CAPACITY - len(self._waiting), 0)
        self._waiting += batch[:room]
        self.dropped += len(batch) - len(batch[:room])

    async def _store_waiting(self) -> None:
        while self._waiting and await self._is_settled(self._waiting[:BATCH]):
            del self._waiting[:BATCH]

    async def _is_settled(self, batch: list[LogEntry]) -> bool:
        """False: to be tried again."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._store(batch)
        except (*AWAY, STORED_BEFORE) as error:
            if not self._away:
                log.warning("log entries wait for the database: %s", summary_of(error))
            self._away = True
            return False
        except Exception:
            self.dropped += len(batch)
            log.exception("log entries could not be stored")
        self._away = False
        return True

    async def _store(self, batch: list[LogEntry]) -> None:
        async with self._database.transaction() as connection:
            # Nobody waits for the disk.
            await connection.execute(text("SET LOCAL synchronous_commit = off"))
            fresh = await not_stored(connection, batch) if self._away else batch
            for word in self._words(fresh):
                await notify(connection, SIGNAL, word)
            await copy_entries(connection, fresh)

    def _words(self, batch: list[LogEntry]) -> Iterator[str]:
        """For those who follow the warnings in other processes."""
        warnings = [entry for entry in batch if entry.level.value >= LogLevel.WARNING.value]
        for start in range(0, len(warnings), IDS_IN_A_WORD):
            yield word_of(self._tail.process, warnings[start : start + IDS_IN_A_WORD])
