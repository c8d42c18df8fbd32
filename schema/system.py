"""The installation itself."""

from datetime import datetime

import strawberry

from compiled.fields import computed
from resolvers import system
from resolvers.permissions import Admin
from schema.assistant import Assistant


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


@strawberry.type(description="How the installation does, in a few numbers; `/metrics` has more.")
class Metrics:
    http_p50_ms: float = strawberry.field(description="Half of all queries and mutations of 5 minutes took no longer.")
    http_p95_ms: float = strawberry.field(description="95 % of them took no longer.")
    messages_per_minute: float = strawberry.field(description="Messages stored, replies too, over 5 minutes.")
    ai_success_rate: float | None = strawberry.field(
        description="Share of questions to AI providers that were answered, of an hour; null: none was asked."
    )
    ai_p50_ms: float | None = strawberry.field(description="Half of those answers took no longer.")
    ai_p95_ms: float | None = strawberry.field(description="95 % of those answers took no longer.")
    db_connections_in_use: int = strawberry.field(description="Connections to the database that this process uses now.")
    db_connections_max: int = strawberry.field(description="The most it may use.")
    live_subscriptions: int = strawberry.field(description="Subscriptions that this process serves now.")


@strawberry.type(description="What an app should know before it begins.")
class ClientConfig:
    assistants: list[Assistant] = strawberry.field(description="Whom people can talk to.")
    max_image_bytes: int = strawberry.field(description="Largest picture that is taken.")
    max_images: int = strawberry.field(description="Most pictures in one message.")
    max_paper_bytes: int = strawberry.field(description="Largest PDF that is taken.")
    image_mime_types: list[str] = strawberry.field(description="Kinds of pictures that are taken.")
    max_text_length: int = strawberry.field(description="Characters of a text.")


@strawberry.type
class SystemQuery:
    client_config = strawberry.field(
        resolver=system.client_config, graphql_type=ClientConfig, description="Assistants and limits."
    )
    server_time = computed(system.server_time, graphql_type=datetime, description="The server's clock.")
    system_status = strawberry.field(
        resolver=system.system_status,
        graphql_type=SystemStatus,
        description="Whether the installation works. Which AI providers are left alone, admins see.",
    )
    metrics = strawberry.field(
        resolver=system.metrics,
        graphql_type=Metrics,
        description="For admins: how the installation does.",
        permission_classes=[Admin],
    )
