"""What happened to requests and to the system itself, for those who run it. Never what people said."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from domain.errors import BadUserInput
from domain.paging import Page, page_size
from domain.texts import clean_text

MOST_SOUGHT = 200
UNNAMED = "(unnamed)"


class LogLevel(Enum):
    """Values are those of Python's logging."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


class LogKind(Enum):
    REQUEST = "REQUEST"
    ERROR = "ERROR"
    SYSTEM = "SYSTEM"


class LogEntry(NamedTuple):
    """`status`: as HTTP has them, for requests. `message` and `detail`: of our own making, quoting nobody."""

    id: UUID
    at: datetime
    level: LogLevel
    kind: LogKind
    request_id: str | None = None
    operation: str | None = None
    status: int | None = None
    duration_ms: float | None = None
    user_id: UUID | None = None
    message: str | None = None
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class LogFilter:
    """`level`: this one and above. `since` is within, `until` is not."""

    level: LogLevel | None = None
    kind: LogKind | None = None
    operation: str | None = None
    user_id: UUID | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_duration_ms: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class LogStat:
    """`errors`: requests with any error. Milliseconds."""

    operation: str
    count: int
    errors: int
    p50_ms: int
    p95_ms: int
    p99_ms: int


class LogReads(Protocol):
    """Both raise BadUserInput when the answer would take too long."""

    async def entries(self, wanted: LogFilter, *, limit: int, after: str | None) -> Page[LogEntry]:
        """Newest first."""

    async def stats(self, since: datetime, until: datetime) -> list[LogStat]:
        """The most frequent first."""


class LogTail(Protocol):
    def follow(self, level: LogLevel) -> AsyncGenerator[LogEntry, None]:
        """From WARNING on those of every process, below that those of this one. Who is too slow misses the oldest."""


class LogService:
    """Every method is for admins: the schema says so."""

    def __init__(self, reads: LogReads, tail: LogTail) -> None:
        self._reads = reads
        self._tail = tail

    async def entries(self, wanted: LogFilter, first: int, after: str | None) -> Page[LogEntry]:
        _check_span(wanted.since, wanted.until)
        if wanted.text is not None:
            clean_text(wanted.text, field="text", most=MOST_SOUGHT)
        return await self._reads.entries(wanted, limit=page_size(first), after=after)

    async def stats(self, since: datetime, until: datetime) -> list[LogStat]:
        _check_span(since, until)
        return await self._reads.stats(since, until)

    def follow(self, level: LogLevel) -> AsyncGenerator[LogEntry, None]:
        return self._tail.follow(level)


def _check_span(since: datetime | None, until: datetime | None) -> None:
    if since is not None and until is not None and since >= until:
        raise BadUserInput("结束时间须晚于开始时间", "`to` must be after `from`.", field="to")
