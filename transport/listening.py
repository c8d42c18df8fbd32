"""uvicorn's protocols, with the patience that they lack: heads that never end, clients that never read."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from transport.asgi import Bounds

HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
KEEP_ALIVE_S = 75  # longer than proxies and phones keep theirs: who sends while the other closes has lost a request
FRAMING = 8  # bytes of chunk framing allowed for a byte of body


class Patience:
    """Aborts a connection unless `calm` comes within the time that was given."""

    __slots__ = ("_timer", "_transport")

    def __init__(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are not its subclasses
        self._timer: asyncio.TimerHandle | None = None

    def strain(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self.lose)

    def calm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def lose(self) -> None:
        self._transport.abort()


class HttpProtocol(HttpToolsProtocol):
    """A head has to be complete in time, and what is no body has a size; an answer has to be read in time."""

    bounds = Bounds()
    _upgraded = False
    _excess = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._heading = Patience(transport)
        self._writing = Patience(transport)
        self._heading.strain(self.bounds.head_seconds)
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows it

    def connection_lost(self, exc: Exception | None) -> None:
        self._heading.calm()
        self._writing.calm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self.cycle
        body = len(before.body) if before else 0
        asked = before is not None and before.more_body
        super().data_received(data)
        if self.cycle is not before:  # a head is complete
            self._excess = 0
            self._heading.calm()
        elif not self._upgraded:
            self._weigh(len(data), len(before.body) - body if before else 0, of_head=not asked)

    def handle_websocket_upgrade(self) -> None:
        self._upgraded = True
        self._heading.calm()
        super().handle_websocket_upgrade()

    def _weigh(self, received: int, in_body: int, *, of_head: bool) -> None:
        """Watch what came and was no end of a head: a part of one, of a body, or of nothing useful. `of_head`: it came
        after a whole request, and not as the end of its body, whose answer may take its time."""
        self._excess = max(0, self._excess + received - FRAMING * in_body)
        if self._excess > self.bounds.head_bytes:
            self.transport.write(HEAD_TOO_LARGE)
            self.transport.close()
        elif of_head:
            self._heading.strain(self.bounds.head_seconds)

    def pause_writing(self) -> None:
        self._writing.strain(self.bounds.send_seconds)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._writing.calm()
        super().resume_writing()


class SocketProtocol(WebSocketsSansIOProtocol):
    """What was sent has to be read in time; who does not read is not answered pings either."""

    bounds = Bounds()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._writing = Patience(transport)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._writing.calm()
        super().connection_lost(exc)

    async def send(self, message: Any) -> None:
        if self.transport.is_closing():
            raise ClientDisconnected
        await super().send(message)

    def handle_ping(self) -> None:
        super().handle_ping()
        if not self.writable.is_set():
            self._writing.lose()

    def pause_writing(self) -> None:
        self._writing.strain(self.bounds.send_seconds)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._writing.calm()
        super().resume_writing()


def uvicorn_options(bounds: Bounds | None = None) -> dict[str, Any]:
    """What to give to `uvicorn.Config` beside the application."""
    bounds = bounds or Bounds()
    return {
        "http": type("BoundHttpProtocol", (HttpProtocol,), {"bounds": bounds}),
        "ws": type("BoundSocketProtocol", (SocketProtocol,), {"bounds": bounds}),
        "ws_max_size": bounds.socket_bytes,
        "ws_per_message_deflate": False,
        "lifespan": "on",
        "timeout_keep_alive": KEEP_ALIVE_S,
        "server_header": False,
        "proxy_headers": False,  # uvicorn would believe X-Forwarded-For from this machine; the application says whose
    }
