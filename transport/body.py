"""Request bodies, bounded in size and time before they are held."""

import asyncio
from collections.abc import AsyncIterator

from transport.asgi import Header, Receive
from transport.ports import Refused

CLOSE: Header = (b"connection", b"close")


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
    return Turned(
        413, "PAYLOAD_TOO_LARGE", f"请求体超过 {limit} 字节", f"The body is larger than {limit} bytes.", (CLOSE,)
    )


def check_length(headers: dict[str, str], limit: int) -> None:
    """Raises Turned when the announced length is over the limit: nothing has been read yet."""
    announced = headers.get("content-length", "0")
    if not announced.isdecimal() or len(announced) > 18 or int(announced) > limit:
        raise too_large(limit)


async def chunks(receive: Receive, limit: int, seconds: float, stall: float) -> AsyncIterator[bytes]:
    """The body piece by piece; raises Turned (413, 408) or Disconnected.

    `seconds` is for the whole of it, `stall` for each wait.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + seconds
    size = 0
    more = True
    while more:
        try:
            async with asyncio.timeout_at(min(deadline, clock() + stall)):
                message = await receive()
        except TimeoutError:
            raise Turned(
                408, "BAD_REQUEST", "请求体迟迟没有传完", "The body did not arrive in time.", (CLOSE,)
            ) from None
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        yield chunk
        more = message.get("more_body", False)


async def read_whole(receive: Receive, limit: int, seconds: float) -> bytes:
    pieces = [chunk async for chunk in chunks(receive, limit, seconds, seconds)]
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
