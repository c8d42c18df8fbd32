"""What a resolver finds in `info.context`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import strawberry

from domain.errors import Unauthenticated
from domain.viewer import Viewer

if TYPE_CHECKING:
    from resolvers.loaders import Loaders
    from resolvers.services import Services

DEVICE_NAME_CHARACTERS = 100
HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?", re.ASCII)


@dataclass(slots=True)
class Context:
    """Fresh for every operation, and in a subscription for every event."""

    services: "Services"
    loaders: "Loaders"
    viewer_or_none: Viewer | None
    request_id: str
    client_address: str
    language: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def device_name(self) -> str | None:
        """What the device calls itself."""
        name = self.headers.get("x-device-name") or self.headers.get("user-agent")
        return name[:DEVICE_NAME_CHARACTERS] if name else None

    @property
    def origin(self) -> str:
        """Where the caller found this server; empty when the caller does not say. It is told to that caller alone."""
        host = self.headers.get("host", "")
        scheme = "https" if self.headers.get("x-forwarded-proto", "").startswith("https") else "http"
        return f"{scheme}://{host}" if HOST.fullmatch(host) else ""

    def absolute(self, url: str) -> str:
        """An address on this very server, as the caller reached it."""
        return self.origin + url if url.startswith("/") else url

    @property
    def viewer(self) -> Viewer:
        """Raises Unauthenticated for an anonymous caller."""
        if self.viewer_or_none is None:
            raise Unauthenticated
        return self.viewer_or_none


Info: TypeAlias = strawberry.Info[Context, None]
