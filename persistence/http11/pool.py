"""The connections that are open, and those of them that wait for their next request."""

import asyncio
import socket
import ssl
from typing import NamedTuple

import aiohappyeyeballs
import httpx

from persistence.http11.connection import Connection

NEXT_ADDRESS_S = 0.25
"""How long one address of a host is waited for before the next is tried as well (RFC 8305)."""


class Origin(NamedTuple):
    secure: bool
    host: str
    port: int


class Size(NamedTuple):
    """How many connections at once, how many of them may rest, and for how long."""

    connections: int
    resting: int
    rest_s: float


class Pool:
    def __init__(self, context: ssl.SSLContext, size: Size) -> None:
        self._context = context
        self._size = size
        self._open: set[Connection] = set()
        self._resting: dict[Connection, tuple[Origin, asyncio.TimerHandle]] = {}

    async def take(self, origin: Origin, connect_s: float) -> Connection:
        """Raises httpx.ConnectError, httpx.ConnectTimeout or httpx.PoolTimeout."""
        return self._rested(origin) or await self._connect(origin, connect_s)

    def give_back(self, origin: Origin, connection: Connection) -> None:
        """Closed at once unless its answer was read to the end."""
        if connection.rest() and len(self._resting) < self._size.resting:
            timer = asyncio.get_running_loop().call_later(self._size.rest_s, connection.abort)
            self._resting[connection] = origin, timer
        else:
            connection.abort()

    def close(self) -> None:
        for connection in list(self._open):
            connection.abort()

    def _rested(self, origin: Origin) -> Connection | None:
        """The one that rests since the shortest time."""
        for connection, (its, _) in reversed(self._resting.items()):
            if its == origin and connection.is_open:
                self._wake(connection)
                return connection
        return None

    async def _connect(self, origin: Origin, connect_s: float) -> Connection:
        if len(self._open) >= self._size.connections:
            raise httpx.PoolTimeout("all connections are in use")
        connection = Connection(self._gone)
        self._open.add(connection)
        try:
            async with asyncio.timeout(connect_s):
                await self._dial(origin, connection)
        except TimeoutError:
            raise httpx.ConnectTimeout(f"within {connect_s:g} s") from None
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error)) from None
        finally:
            if not connection.is_open:
                self._open.discard(connection)
        return connection

    async def _dial(self, origin: Origin, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        addresses = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        opened = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=NEXT_ADDRESS_S)
        context, name = (self._context, origin.host) if origin.secure else (None, None)
        await loop.create_connection(lambda: connection, sock=opened, ssl=context, server_hostname=name)

    def _gone(self, connection: Connection) -> None:
        self._open.discard(connection)
        self._wake(connection)

    def _wake(self, connection: Connection) -> None:
        if resting := self._resting.pop(connection, None):
            resting[1].cancel()
