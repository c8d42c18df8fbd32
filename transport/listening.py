"""uvicorn's protocols, with the patience that they lack: heads that never end, clients that never read."""

import asyncio
from functools import lru_cache
from typing import Any, cast

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from transport.asgi import Bounds, Header, Message
from transport.deadlines import Overdue

HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
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


@lru_cache(maxsize=512)
def line_of(header: Header) -> bytes:
    """A header as it is sent. Raises RuntimeError for what would begin another."""
    name, value = header
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise RuntimeError("a header that is none")
    return b"%b: %b\r\n" % header


class Cycle(RequestResponseCycle):
    """A whole answer leaves in one write, where uvicorn takes two: each is a system call, dearer than all its headers.

    A head whose last header is its length waits for the body; any other, as of a stream, is left to uvicorn.
    """

    _head: Message | None = None

    async def send(self, message: Any) -> None:
        head, self._head = self._head, None
        if head is not None and self._is_whole(head, message):
            self._answer(head, message["body"])
            return
        if head is not None:
            await super().send(cast("Any", head))
        elif not self.response_started and message.get("headers") and message["headers"][-1][0] == b"content-length":
            self._head = message
            return
        await super().send(message)

    def _is_whole(self, head: Message, message: Message) -> bool:
        """Whether nothing is left to do but writing it."""
        body = message.get("body", b"")
        is_said_so = head["headers"][-1][1] == b"%d" % len(body) and not message.get("more_body")
        is_waited_for = not self.flow.write_paused and not self.disconnected
        return is_said_so and is_waited_for and self.scope["method"] != "HEAD" and len(body) < HIGH_WATER_LIMIT

    def _answer(self, head: Message, body: bytes) -> None:
        self.response_started = self.response_complete = True
        lines = [STATUS_LINE[head["status"]], *map(line_of, self.default_headers), *map(line_of, head["headers"])]
        end = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        self.transport.write(b"".join((*lines, end, body)))
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


class HttpProtocol(HttpToolsProtocol):
    """A head has to be complete in time, and what is no body has a size; an answer has to be read in time."""

    bounds = Bounds()
    idle: Overdue[asyncio.Transport]
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
        self.idle.leave(self.transport)
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """As uvicorn's, but for a timer of its own for each connection."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.idle.enter(self.transport)

    def data_received(self, data: bytes) -> None:
        self.idle.leave(self.transport)
        before = self.cycle
        body = len(before.body) if before else 0
        asked = before is not None and before.more_body
        super().data_received(data)
        if self.cycle is not before:  # a head is complete
            self._excess = 0
            self._heading.calm()
        elif not self._upgraded:
            self._weigh(len(data), len(before.body) - body if before else 0, of_head=not asked)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = Cycle  # uvicorn has no place to name another
        super()._start_asgi_task(cycle, app)

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
    idle: Overdue[asyncio.Transport] = Overdue(bounds.idle_seconds, lambda connection: connection.close())
    return {
        "http": type("BoundHttpProtocol", (HttpProtocol,), {"bounds": bounds, "idle": idle}),
        "ws": type("BoundSocketProtocol", (SocketProtocol,), {"bounds": bounds}),
        "ws_max_size": bounds.socket_bytes,
        "ws_per_message_deflate": False,
        "lifespan": "on",
        "server_header": False,
        "proxy_headers": False,  # uvicorn would believe X-Forwarded-For from this machine; the application says whose
    }
