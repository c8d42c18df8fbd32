"""Hands entries to those who follow the log: all of this process, and the warnings of the others."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from domain.logs import LogEntry, LogLevel
from domain.moments import from_microseconds, microseconds
from persistence.logs import LogReadStatements
from persistence.signals import Signals

SIGNAL = "log"
MOST_WAITING = 1_000
log = logging.getLogger(__name__)


class Word(NamedTuple):
    """A signal: which entries some process has stored, and between which moments they lie."""

    process: str
    since: datetime
    until: datetime
    ids: list[UUID]


def word_of(process: str, entries: Sequence[LogEntry]) -> str:
    moments = sorted(microseconds(entry.at) for entry in entries)
    return f"{process} {moments[0]} {moments[-1]} {','.join(entry.id.hex for entry in entries)}"


def read_word(word: str) -> Word:
    process, since, until, ids = word.split(" ")
    moments = from_microseconds(int(since)), from_microseconds(int(until))
    return Word(process, *moments, [UUID(id_) for id_ in ids.split(",")])


@dataclass(eq=False, slots=True)
class Follower:
    level: LogLevel
    waiting: deque[LogEntry] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, entry: LogEntry) -> None:
        if entry.level.value >= self.level.value:
            self.waiting.append(entry)
            self.woken.set()


class LiveLogs:
    """Implements `domain.logs.LogTail`."""

    def __init__(self, reads: LogReadStatements) -> None:
        self.process = uuid4().hex
        self._reads = reads
        self._followers: set[Follower] = set()
        self._fetching: set[asyncio.Task[None]] = set()

    def hear(self, signals: Signals) -> None:
        """Before `signals.start()`."""
        signals.on(SIGNAL, self._heard)

    def offer(self, entries: Sequence[LogEntry]) -> None:
        for follower in self._followers:
            for entry in entries:
                follower.offer(entry)

    async def follow(self, level: LogLevel) -> AsyncGenerator[LogEntry, None]:
        follower = Follower(level)
        self._followers.add(follower)
        try:
            while True:
                await follower.woken.wait()
                follower.woken.clear()
                while follower.waiting:
                    yield follower.waiting.popleft()
        finally:
            self._followers.discard(follower)

    def _heard(self, payload: str) -> None:
        word = read_word(payload)
        if word.process != self.process and self._followers:
            task = asyncio.create_task(self._fetch(word))
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)

    async def _fetch(self, word: Word) -> None:
        try:
            self.offer(await self._reads.warnings(word.ids, word.since, word.until))
        except Exception as error:
            log.warning("reading others' log entries failed: %s", type(error).__name__)
