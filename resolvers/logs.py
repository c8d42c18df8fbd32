"""The log: one call of the domain a field."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import logs as domain
from domain.clock import parse_id
from domain.logs import LogEntry, LogKind, LogLevel, LogStat
from domain.paging import DEFAULT_PAGE, Page
from resolvers.context import Info
from resolvers.inputs import either

NOBODY = UUID(int=0)
From = Annotated[datetime, strawberry.argument(name="from", description="Only from this moment on.")]


@strawberry.input(description="Which entries are wanted: those that all of it is true of.")
class LogFilter:
    level: LogLevel | None = strawberry.field(default=None, description="This level and above.")
    kind: LogKind | None = strawberry.field(default=None, description="Only this kind.")
    operation: str | None = strawberry.field(default=None, description="Only operations of this name.")
    user_id: strawberry.ID | None = strawberry.field(default=None, description="Only what this user asked for.")
    request_id: str | None = strawberry.field(default=None, description="Only this request.")
    since: datetime | None = strawberry.field(default=None, name="from", description="Only from this moment on.")
    to: datetime | None = strawberry.field(default=None, description="Only before this moment.")
    min_duration_ms: int | None = strawberry.field(default=None, description="Only what took at least so long.")
    text: str | None = strawberry.field(default=None, description="Part of the message, in any case.")

    def to_domain(self) -> domain.LogFilter:
        """A malformed id looks like an unknown one."""
        user_id = (parse_id(self.user_id) or NOBODY) if self.user_id is not None else None
        return domain.LogFilter(
            level=self.level,
            kind=self.kind,
            operation=self.operation,
            user_id=user_id,
            request_id=self.request_id,
            since=self.since,
            until=self.to,
            min_duration_ms=self.min_duration_ms,
            text=self.text,
        )


async def logs(
    info: Info,
    filter: Annotated[LogFilter | None, strawberry.argument(description="Which ones.")] = None,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
) -> Page[LogEntry]:
    wanted = filter.to_domain() if filter is not None else domain.LogFilter()
    return await info.context.services.logs.entries(wanted, either(first, DEFAULT_PAGE), after)


async def log_stats(info: Info, since: From, to: datetime) -> list[LogStat]:
    return await info.context.services.logs.stats(since, to)


async def log_tail(
    info: Info,
    level: Annotated[LogLevel | None, strawberry.argument(description="This level and above.")] = LogLevel.WARNING,
) -> AsyncGenerator[LogEntry, None]:
    async with aclosing(info.context.services.logs.follow(level or LogLevel.WARNING)) as entries:
        async for entry in entries:
            yield entry


def duration_ms(entry: LogEntry) -> int | None:
    return round(entry.duration_ms) if entry.duration_ms is not None else None
