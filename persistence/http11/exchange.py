"""One request's answer while it comes: read by httptools, taken by whoever waits for it."""

import asyncio
from time import monotonic
from typing import Protocol

import httptools
import httpx

from domain.timers import Timer

HEAD_LIMIT = 64 << 10
READ_AHEAD = 256 << 10
"""Bytes: a sender who is quicker than whoever takes them waits."""
INTERIM = range(100, 200)


class Network(Protocol):
    """What the bytes come from."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...


class Exchange:
    """`idle_s`: the longest silence. `reusable`: the connection is fit for another, once this is `over`."""

    __slots__ = (
        "_error",
        "_idle_s",
        "_network",
        "_open_ended",
        "_parser",
        "_paused",
        "_pieces",
        "_silence",
        "_size",
        "_waiting",
        "headers",
        "over",
        "reusable",
        "status",
    )

    def __init__(self, network: Network, idle_s: float) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.over = False
        self.reusable = False
        self._open_ended = False
        self._network = network
        self._paused = False
        self._pieces: list[bytes] = []
        self._size = 0
        self._error: httpx.TransportError | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._idle_s = idle_s
        self._silence = Timer(lambda: self.fail(httpx.ReadTimeout("silent")))
        self._silence.set(monotonic() + idle_s)

    async def head(self) -> None:
        """Waits for status and headers. Raises httpx.TransportError."""
        while not self.status:
            await self._news()

    async def take(self) -> bytes:
        """All that came since the last time, b"" at the end. Raises httpx.TransportError."""
        while not self._pieces:
            if self.over:
                return b""
            await self._news()
        taken = b"".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        if self._paused:
            self._resume()
        return taken

    def leave(self) -> None:
        """Nobody waits for it any more."""
        self._silence.close()

    def feed(self, data: bytes) -> None:
        """Raises httptools.HttpParserError."""
        self._silence.set(monotonic() + self._idle_s)
        self._parser.feed_data(data)
        if self._size > READ_AHEAD and not self._paused:
            self._pause()
        self._wake()

    def closed(self) -> None:
        """No more will come: the end of an answer that named none, the breaking of any other."""
        if self._open_ended:
            self._end()
        self.fail(httpx.RemoteProtocolError("closed before the answer was whole"))

    def fail(self, error: httpx.TransportError) -> None:
        if not self.over and self._error is None:
            self._error = error
            self._silence.close()
            self._wake()

    def on_message_begin(self) -> None:
        if self.status:
            raise ValueError("an answer that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._size += len(name) + len(value)
        if self._size > HEAD_LIMIT:
            raise ValueError("too many headers")
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._size = 0
        status = self._parser.get_status_code()
        if status in INTERIM:
            self.headers.clear()
            return
        self.status = status
        self._open_ended = not {b"content-length", b"transfer-encoding"} & {name for name, _ in self.headers}

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        self._size += len(body)

    def on_message_complete(self) -> None:
        if self.status:
            self.reusable = self._parser.should_keep_alive()
            self._end()

    def _end(self) -> None:
        self.over = self._error is None
        self._silence.close()
        self._wake()

    def _pause(self) -> None:
        self._paused = True
        self._silence.clear()
        self._network.pause()

    def _resume(self) -> None:
        self._paused = False
        if not self.over:
            self._silence.set(monotonic() + self._idle_s)
        self._network.resume()

    async def _news(self) -> None:
        if self._error is not None:
            raise self._error
        self._waiting = asyncio.get_running_loop().create_future()
        await self._waiting

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
