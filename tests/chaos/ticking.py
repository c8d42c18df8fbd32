"""A vendor whose every token says when it was sent: an OpenAI-compatible stream, as cheap to produce as can be.

`python -m tests.chaos.ticking` prints its port and speaks slowly until a line on standard input gives it another gap.
"""

import asyncio
import sys
from asyncio import Transport
from time import monotonic

import uvloop

SLOWLY_S = 1.0
DIGITS = 8
TICK_S = 1e-4
"""What one unit of a token's number means. CLOCK_MONOTONIC is the same for all processes of a machine."""
WRAP = 100_000_000
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
EVENT = b'data: {"id":"1","choices":[{"index":0,"delta":{"content":"%08d"}}]}\n\n'
CHUNK = b"%x\r\n" % len(EVENT % 0) + EVENT + b"\r\n"


def now() -> int:
    return int(monotonic() / TICK_S) % WRAP


class Pace:
    """Seconds between two tokens of a stream."""

    def __init__(self) -> None:
        self.gap_s = SLOWLY_S


class Stream(asyncio.Protocol):
    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._transport: Transport | None = None
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's are not its subclasses
        self._due = asyncio.get_running_loop().time()

    def data_received(self, data: bytes) -> None:
        """The question fits into few pieces and is not read: its head alone starts the answer."""
        if data.startswith(b"POST ") and self._transport is not None:
            self._transport.write(HEAD)
            self._say()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def _say(self) -> None:
        if self._transport is not None:
            self._transport.write(CHUNK % now())
            self._due += self._pace.gap_s
            asyncio.get_running_loop().call_at(self._due, self._say)


async def main() -> None:
    loop, pace = asyncio.get_running_loop(), Pace()
    server = await loop.create_server(lambda: Stream(pace), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        pace.gap_s = float(line)


if __name__ == "__main__":
    uvloop.run(main())
