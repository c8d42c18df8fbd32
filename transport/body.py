"""Request bodies, bounded in size and time before they are held."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from http import HTTPStatus

from transport.asgi import CLOSE, Header, Message, Receive, Send, respond
from transport.headers import Headers
from transport.ports import Refused

LINGER_BYTES = 16_777_216
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


class Body:
    """The body of one request; `whole` once nothing more of it can come. Times in seconds."""

    __slots__ = ("_announced", "_receive", "whole")

    def __init__(self, headers: Headers, receive: Receive) -> None:
        self._receive = receive
        self._announced = headers.text(b"content-length") or "0"
        self.whole = self._announced == "0" and headers.text(b"transfer-encoding") is None

    def check_length(self, limit: int) -> None:
        """Raises Turned when the announced length is over the limit: nothing has been read yet."""
        announced = self._announced
        if not announced.isdecimal() or len(announced) > 18 or int(announced) > limit:
            raise too_large(limit)

    async def read(self, limit: int, seconds: float) -> bytes:
        return b"".join([chunk async for chunk in self.chunks(limit, seconds, seconds)])

    async def chunks(self, limit: int, seconds: float, stall: float) -> AsyncIterator[bytes]:
        """The body piece by piece, `seconds` for all, `stall` for each; raises Turned (413, 408) or Disconnected."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + seconds
        size = 0
        while True:
            message = await self._next(min(deadline, clock() + stall))
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            self.whole = not message.get("more_body", False)
            yield chunk
            if self.whole:
                return

    async def discard(self) -> None:
        """Read on for a while, so that a client that is still sending gets to its answer."""
        with suppress(Turned, Disconnected):
            async for _ in self.chunks(LINGER_BYTES, LINGER_SECONDS, LINGER_STALL):
                pass

    async def _next(self, deadline: float) -> Message:
        try:
            async with asyncio.timeout_at(deadline):
                message = await self._receive()
        except TimeoutError:
            raise Turned(408, "BAD_REQUEST", "请求体迟迟没有传完", "The body did not arrive in time.") from None
        if message["type"] == "http.disconnect":
            raise Disconnected
        return message


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
