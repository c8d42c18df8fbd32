"""Request bodies, bounded in size and time before they are held."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from http import HTTPStatus

from transport.asgi import CLOSE, Header, Message, Receive, Send, respond
from transport.deadlines import Deadlines
from transport.headers import Headers
from transport.ports import Refused

LINGER_BYTES = 33_554_432  # a phone that sends too large a file has to get to its answer, too
LINGER_SECONDS = 5.0
LINGER_STALL = 0.5


class Turned(Refused):
    """A refusal with an HTTP status of its own, whatever media type was asked for."""

    def __init__(self, status: int, code: str, zh: str, en: str, headers: tuple[Header, ...] = ()) -> None:
        super().__init__(code, zh, en)
        self.status = status
        self.headers = headers


class Disconnected(Exception):
    """The client went away while it was sending."""


def as_turned(refused: Refused) -> Turned:
    """A malformed request is 400, unless the refusal has a status of its own."""
    if isinstance(refused, Turned):
        return refused
    return Turned(400, refused.code, refused.words["zh"], refused.words["en"])


def too_large(limit: int) -> Turned:
    return Turned(413, "PAYLOAD_TOO_LARGE", f"请求体超过 {limit} 字节", f"The body is larger than {limit} bytes.")


def too_late() -> Turned:
    return Turned(408, "BAD_REQUEST", "请求体迟迟没有传完", "The body did not arrive in time.")


class Body:
    """The body of one request; `whole` once nothing more of it can come."""

    __slots__ = ("_announced", "_deadlines", "_receive", "whole")

    def __init__(self, headers: Headers, receive: Receive, deadlines: Deadlines) -> None:
        self._receive = receive
        self._deadlines = deadlines
        self._announced = headers.raw(b"content-length") or b"0"
        self.whole = self._announced == b"0" and headers.raw(b"transfer-encoding") is None

    def check_length(self, limit: int) -> None:
        """Raises Turned when the announced length is over the limit: nothing has been read yet."""
        announced = self._announced
        if not announced.isdigit() or len(announced) > 18 or int(announced) > limit:
            raise too_large(limit)

    async def read(self, limit: int, seconds: float) -> bytes:
        """All of it; raises Turned (413, 408) or Disconnected."""
        first = await self._piece(limit)
        if self.whole:
            return first
        return first + b"".join([piece async for piece in self.pieces(limit - len(first), seconds)])

    async def pieces(self, limit: int, seconds: float) -> AsyncIterator[bytes]:
        """The body as it comes, in `seconds` for all of it; raises Turned (413, 408) or Disconnected."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + seconds
        while not self.whole:
            piece = await self._piece(limit)
            if clock() > deadline:
                raise too_late()
            limit -= len(piece)
            yield piece

    async def discard(self) -> None:
        """Read on for a while, so that a client that is still sending gets to its answer."""
        left = LINGER_BYTES
        with suppress(TimeoutError, Disconnected):
            async with asyncio.timeout(LINGER_SECONDS):
                while not self.whole and left > 0:
                    async with asyncio.timeout(LINGER_STALL):
                        left -= len(self._taken(await self._receive()))

    async def _piece(self, limit: int) -> bytes:
        try:
            piece = self._taken(await self._deadlines.wait(self._receive()))
        except TimeoutError:
            raise too_late() from None
        if len(piece) > limit:
            raise too_large(limit)
        return piece

    def _taken(self, message: Message) -> bytes:
        if message["type"] == "http.disconnect":
            raise Disconnected
        self.whole = not message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        return piece


async def respond_early(send: Send, status: int, body: bytes, headers: list[Header], rest: Body) -> None:
    """Answer, whether or not the request was read to its end; if not, the connection ends soon after."""
    if rest.whole:
        await respond(send, status, body, headers)
        return
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, CLOSE]})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if status != HTTPStatus.REQUEST_TIMEOUT:
        await rest.discard()
    await send({"type": "http.response.body", "body": b""})
