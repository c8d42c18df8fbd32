"""What happened to requests and to the system itself."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from compiled.fields import batched, computed
from domain.logs import LogKind, LogLevel
from resolvers import logs as resolve
from resolvers.permissions import Admin
from schema.accounts import User
from schema.enums import describe
from schema.paging import PageInfo

describe(
    LogLevel,
    "How much an entry matters.",
    DEBUG="For developers.",
    INFO="As it should be.",
    WARNING="Worth a look.",
    ERROR="Something is wrong.",
)
describe(
    LogKind,
    "What an entry is about.",
    REQUEST="An operation that somebody sent.",
    ERROR="Something that nobody foresaw.",
    SYSTEM="The installation itself.",
)


@strawberry.type(description="One entry of the log. It never holds what people said, nor any secret.")
class LogEntry:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    at: datetime = strawberry.field(description="When; of a request, when it ended.")
    level: LogLevel = strawberry.field(description="How much it matters.")
    kind: LogKind = strawberry.field(description="What it is about.")
    request_id: str | None = strawberry.field(description="The request, as errors name it.")
    operation: str | None = strawberry.field(description="The name that the client gave its operation.")
    status: int | None = strawberry.field(description="How it went, as HTTP says it.")
    duration_ms = computed(resolve.duration_ms, graphql_type=int | None, description="How long it took.")
    user = batched("users", "user_id", graphql_type=User | None, description="Who asked.")
    message: str | None = strawberry.field(description="Of a request its error code, else what happened.")
    detail: JSON | None = strawberry.field(description="More, e.g. `hash` and `cost` of an operation, a `trace`.")


@strawberry.type(description="An entry in its page.")
class LogEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: LogEntry = strawberry.field(description="The entry.")


@strawberry.type(description="A page of entries, newest first.")
class LogConnection:
    edges: list[LogEdge] = strawberry.field(description="Entries with their cursors.")
    nodes: list[LogEntry] = strawberry.field(description="The entries alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="How operations of one name went.")
class LogStat:
    operation: str = strawberry.field(description="The name; `(unnamed)` without one.")
    count: int = strawberry.field(description="How many there were.")
    errors: int = strawberry.field(description="How many had an error.")
    p50_ms: int = strawberry.field(description="Half of them took no longer.")
    p95_ms: int = strawberry.field(description="95 % took no longer.")
    p99_ms: int = strawberry.field(description="99 % took no longer.")


@strawberry.type
class LogQuery:
    logs = strawberry.field(
        resolver=resolve.logs,
        graphql_type=LogConnection,
        description="For admins: the log, newest first.",
        permission_classes=[Admin],
    )
    log_stats = strawberry.field(
        resolver=resolve.log_stats,
        graphql_type=list[LogStat],
        description="For admins: how operations went, the most frequent first, at most 200.",
        permission_classes=[Admin],
    )


@strawberry.type
class LogSubscription:
    log_tail = strawberry.subscription(
        resolver=resolve.log_tail,
        graphql_type=LogEntry,
        description="For admins: the log as it grows. Warnings and errors of every process, lower levels of the one "
        "that answers. Who reads too slowly misses the oldest.",
        permission_classes=[Admin],
    )
