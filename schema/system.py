"""The installation itself."""

from datetime import datetime

import strawberry

from resolvers import system


@strawberry.type(description="One part of the installation.")
class Check:
    name: str = strawberry.field(description="Which part.")
    ok: bool = strawberry.field(description="Whether it works.")
    latency_ms: int | None = strawberry.field(description="How long it took to answer.")
    error: str | None = strawberry.field(description="What kind of error it gave.")


@strawberry.type(description="Whether the installation works.")
class SystemStatus:
    status: str = strawberry.field(description="`ok`, or `degraded` when a check fails.")
    version: str = strawberry.field(description="Version of the server.")
    uptime_seconds: int = strawberry.field(description="Since this process began.")
    checks: list[Check] = strawberry.field(description="Each part.")


@strawberry.type
class SystemQuery:
    server_time = strawberry.field(
        resolver=system.server_time, graphql_type=datetime, description="The server's clock."
    )
    system_status = strawberry.field(
        resolver=system.system_status, graphql_type=SystemStatus, description="Whether the installation works."
    )
