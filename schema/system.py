"""The installation itself."""

from datetime import datetime

import strawberry

from resolvers import system
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
    server_time = strawberry.field(
        resolver=system.server_time, graphql_type=datetime, description="The server's clock."
    )
    system_status = strawberry.field(
        resolver=system.system_status, graphql_type=SystemStatus, description="Whether the installation works."
    )
