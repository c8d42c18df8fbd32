"""Ways in which any vendor can fail, to be queued before the question: each is used up by one request."""

from collections import deque
from collections.abc import Awaitable, Callable

from tests.standins.base import StandIn
from tests.standins.http import Exchange, Request

Fault = Callable[[Exchange], Awaitable[None]]


async def hanging(exchange: Exchange) -> None:
    await exchange.hang()


async def cutting(exchange: Exchange) -> None:
    await exchange.cut(reset=True)


async def cutting_in_the_body(exchange: Exchange) -> None:
    await exchange.raw(b'HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nETag: "x"\r\nContent-Length: 1000\r\n\r\nhalf')
    await exchange.cut()


def page(status: int) -> Fault:
    """What a proxy in between would say."""

    async def answer(exchange: Exchange) -> None:
        await exchange.answer(status, b"<html><h1>proxy</h1></html>", {"Content-Type": "text/html"})

    return answer


def words(status: int, body: bytes, mime: str = "application/json") -> Fault:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer(status, body, {"Content-Type": mime})

    return answer


class FaultyStandIn(StandIn):
    """`faults`: what the next requests get; `serve` answers when there are none."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.faults: deque[Fault] = deque()

    async def handle(self, request: Request, exchange: Exchange) -> None:
        if self.faults:
            await self.faults.popleft()(exchange)
        else:
            await self.serve(request, exchange)

    async def serve(self, request: Request, exchange: Exchange) -> None:
        raise NotImplementedError
