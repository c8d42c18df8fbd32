"""What a resolver finds in `info.context`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import strawberry

from domain.errors import Unauthenticated
from domain.viewer import Viewer

if TYPE_CHECKING:
    from resolvers.loaders import Loaders
    from resolvers.services import Services


@dataclass(slots=True)
class Context:
    """Fresh for every operation, and in a subscription for every event."""

    services: "Services"
    loaders: "Loaders"
    viewer_or_none: Viewer | None
    request_id: str
    client_address: str
    language: str
    device_name: str | None = None
    origin: str = ""

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
