"""What httpx sends with: its requests as bytes, answers as its responses."""

import re
import ssl
from collections.abc import AsyncIterator

import httpx

from persistence.http11.connection import Connection
from persistence.http11.exchange import Exchange
from persistence.http11.pool import Origin, Pool, Size

PORTS = {"http": 80, "https": 443}
NAME = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
VALUE = re.compile(rb"[^\x00\r\n]*")


class Http11Transport(httpx.AsyncBaseTransport):
    """Knows no proxies, no HTTP/2 and, as nothing here needs them, no HEAD and no bodies sent piece by piece."""

    def __init__(self, context: ssl.SSLContext, size: Size) -> None:
        self._pool = Pool(context, size)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError."""
        origin = _origin(request.url)
        written = _head(request) + await request.aread()
        timeout = request.extensions["timeout"]
        connection = await self._pool.take(origin, timeout["connect"])
        try:
            exchange = connection.ask(written, timeout["read"])
            await exchange.head()
        except BaseException:
            self._pool.give_back(origin, connection)
            raise
        body = Body(exchange, self._pool, origin, connection)
        return httpx.Response(exchange.status, headers=exchange.headers, stream=body)

    async def aclose(self) -> None:
        self._pool.close()


class Body(httpx.AsyncByteStream):
    def __init__(self, exchange: Exchange, pool: Pool, origin: Origin, connection: Connection) -> None:
        self._exchange = exchange
        self._pool = pool
        self._origin = origin
        self._connection: Connection | None = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while taken := await self._exchange.take():
            yield taken

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give_back(self._origin, connection)


def _origin(url: httpx.URL) -> Origin:
    """Raises httpx.UnsupportedProtocol."""
    if url.scheme not in PORTS or not url.host:
        raise httpx.UnsupportedProtocol("no web address")
    return Origin(url.scheme == "https", url.raw_host.decode(), url.port or PORTS[url.scheme])


def _head(request: httpx.Request) -> bytes:
    """Raises httpx.LocalProtocolError: a line break in a value would begin a header of its own."""
    lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    for name, value in request.headers.raw:
        if not NAME.fullmatch(name) or not VALUE.fullmatch(value):
            raise httpx.LocalProtocolError("a header that is none")
        lines.append(b"%b: %b" % (name, value.strip()))
    return b"\r\n".join([*lines, b"", b""])
