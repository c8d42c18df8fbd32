"""Very many sockets of mini-programs in one process, which only look at how late each token is."""

import asyncio
import json
import os
import re
from base64 import b64encode
from collections.abc import Mapping

from tests.chaos.ticking import DIGITS, WRAP, now

TOKENS = re.compile(rb'"text":"(\d+)"')
PING, PONG = b"\x89\x04", b"\x8a\x84\x00\x00\x00\x00"
UPGRADE = (
    "GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
    "sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)


class Lateness:
    """In ticks, of each token that came while `measuring`; `frames` that brought them."""

    def __init__(self) -> None:
        self.measuring = False
        self.late: list[int] = []
        self.frames = 0
        self.closed = 0

    def note(self, numbers: bytes) -> None:
        if self.measuring:
            came = now()
            self.frames += 1
            self.late += [(came - int(numbers[at : at + DIGITS])) % WRAP for at in range(0, len(numbers), DIGITS)]


class Watcher(asyncio.Protocol):
    """One socket with one subscription. What is on it is ASCII, so that patterns are found without reading frames."""

    def __init__(self, token: str, subscription: Mapping[str, object], lateness: Lateness) -> None:
        self.begun = asyncio.get_running_loop().create_future()
        self._token = token
        self._subscription = subscription
        self._lateness = lateness
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # uvloop's are no subclasses
        self._transport.write(UPGRADE.format(key=b64encode(os.urandom(16)).decode()).encode())

    def data_received(self, data: bytes) -> None:
        self._rest += data
        if self.begun.done():
            self._look()
        elif self._rest.endswith(b"\r\n\r\n"):
            self._say({"type": "connection_init", "payload": {"Authorization": f"Bearer {self._token}"}})
            self._rest = b""
        elif b"connection_ack" in self._rest:
            self._say({"id": "1", "type": "subscribe", "payload": self._subscription})
            self._rest = b""
            self.begun.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lateness.closed += 1
        if not self.begun.done():
            self.begun.set_exception(ConnectionError("closed before it began"))

    def close(self) -> None:
        self._transport.abort()

    def _look(self) -> None:
        at = self._rest.find(PING)
        if at >= 0 and len(self._rest) >= at + 6:
            self._transport.write(PONG + self._rest[at + 2 : at + 6])
            self._rest = self._rest[:at] + self._rest[at + 6 :]
        end = 0
        for found in TOKENS.finditer(self._rest):
            self._lateness.note(found[1])
            end = found.end()
        self._rest = self._rest[end:]

    def _say(self, message: object) -> None:
        """A masked text frame (RFC 6455, 5.2), the mask being zero."""
        body = json.dumps(message).encode()
        assert len(body) < 65_536
        size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        self._transport.write(b"\x81" + size + bytes(4) + body)
