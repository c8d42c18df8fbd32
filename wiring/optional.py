"""What is imported only where a setting asks for it."""

from contextlib import AbstractAsyncContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from settings import Settings, revealed
from wiring.installation import NotReady

if TYPE_CHECKING:
    from persistence.embedded.server import EmbeddedServer
    from wiring.sharing import Shared
    from wiring.tracing import Tracing


def tracing_of(settings: Settings) -> "Tracing | None":
    """None where nobody wants spans. Raises NotReady without the packages of OpenTelemetry."""
    if settings.otel_endpoint is None:
        return None
    try:
        tracing: Tracing = import_module("wiring.tracing").Tracing(settings.otel_endpoint)
    except ModuleNotFoundError as error:
        words = f"WELLMATE_OTEL_ENDPOINT needs the packages of requirements-otel.lock: {error.name} is missing"
        raise NotReady([words]) from error
    return tracing


def embedded_server(data_dir: Path) -> "EmbeddedServer":
    """Started, or joined, in `data_dir`. Raises EmbeddedPostgresError."""
    server: EmbeddedServer = import_module("persistence.embedded.server").start(data_dir)
    return server


def sharing_of(settings: Settings) -> "AbstractAsyncContextManager[Shared | None]":
    """None where there is no Redis."""
    url = revealed(settings.redis_url)
    if url is None:
        return nullcontext()
    opened: AbstractAsyncContextManager[Shared] = import_module("wiring.sharing").sharing(
        url, settings.history_cache_seconds
    )
    return opened
