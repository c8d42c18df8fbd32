"""One connection: a request out, its answer in, the next request."""

import asyncio
from collections.abc import Callable

import httptools
import httpx

from persistence.http11.exchange import Exchange


class Connection(asyncio.Protocol):
    """`gone` is told when it is closed, by whichever side."""

    def __init__(self, gone: Callable[["Connection"], None]) -> None:
        self._gone = gone
        self._transport: asyncio.Transport | None = None
        self._exchange: Exchange | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes, idle_s: float) -> Exchange:
        """Raises httpx.WriteError."""
        if self._transport is None:
            raise httpx.WriteError("closed")
        self._exchange = Exchange(self, idle_s)
        self._transport.write(request)
        return self._exchange

    def rest(self) -> bool:
        """Nobody waits for the answer any more; whether another request can follow."""
        exchange, self._exchange = self._exchange, None
        if exchange is None:
            return False
        exchange.leave()
        return self.is_open and exchange.over and exchange.reusable

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        if self._transport is not None and self.is_open:
            self._transport.pause_reading()

    def resume(self) -> None:
        if self._transport is not None and self.is_open:
            self._transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's are no subclasses of asyncio's

    def data_received(self, data: bytes) -> None:
        exchange = self._exchange
        if exchange is None or exchange.over:
            self.abort()  # nobody asked
            return
        try:
            exchange.feed(data)
        except httptools.HttpParserError as error:
            exchange.fail(httpx.RemoteProtocolError(type(error).__name__))
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._exchange is not None and exc is None:
            self._exchange.closed()
        elif self._exchange is not None:
            self._exchange.fail(httpx.ReadError(type(exc).__name__))
        self._gone(self)
