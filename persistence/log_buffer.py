"""Entries on their way into the database: adding one never waits and never fails."""

import logging
from collections import deque

from domain.log_records import entry_of, is_private
from domain.logs import LogEntry

CAPACITY = 10_000


class LogBuffer:
    """Bounded. `dropped`: how many did not fit; `left_out`: how many of a flood were not wanted. Any thread may add."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._entries: deque[LogEntry] = deque()
        self.dropped = 0
        self.left_out = 0

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: LogEntry) -> None:
        if len(self._entries) < self._capacity:
            self._entries.append(entry)
        else:
            self.dropped += 1

    def leave_out(self) -> None:
        self.left_out += 1

    def take(self, most: int) -> list[LogEntry]:
        """The oldest ones."""
        return [self._entries.popleft() for _ in range(min(most, len(self._entries)))]


class BufferHandler(logging.Handler):
    """Gives what Python's logging hears to the buffer, but for what only a developer may read."""

    def __init__(self, buffer: LogBuffer) -> None:
        super().__init__(logging.INFO)
        self._buffer = buffer

    def emit(self, record: logging.LogRecord) -> None:
        if not is_private(record):
            self._buffer.add(entry_of(record))
