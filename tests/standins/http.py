"""HTTP/1.1 by hand, so that a stand-in can also speak it wrongly."""

import asyncio
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

HEAD_LIMIT = 64 * 1024


@dataclass(eq=False)
class Request:
    """`target` as it stood on the request line; `path` and `query` decoded; header names in lower case.

    `client_port` tells connections apart. `gone` is set when the client hangs up before it has the whole answer.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    client_port: int
    gone: threading.Event = field(default_factory=threading.Event)

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def json(self) -> Any:
        return orjson.loads(self.body)


class WatchedReader(asyncio.StreamReader):
    """Knows at once, without reading, that the other side has hung up."""

    def __init__(self) -> None:
        super().__init__(limit=HEAD_LIMIT)
        self.ended = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.ended.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.ended.set()


class Exchange:
    """What a handler answers with. Each method puts its bytes on the wire before it returns."""

    def __init__(self, writer: asyncio.StreamWriter, request: Request) -> None:
        self._writer = writer
        self._request = request
        self.kept_alive = True

    async def raw(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """A whole answer; a HEAD gets its head alone."""
        shown = b"" if self._request.method == "HEAD" else body
        await self.raw(_head(status, {"Content-Length": str(len(body)), **(headers or {})}) + shown)

    async def answer_json(self, status: int, payload: object, headers: Mapping[str, str] | None = None) -> None:
        await self.answer(
            status, orjson.dumps(payload), {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        )

    async def begin(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """The head of an answer in chunks."""
        await self.raw(_head(status, {"Transfer-Encoding": "chunked", **(headers or {})}))

    async def send(self, data: bytes) -> None:
        """One chunk, which is one packet unless the network joins them."""
        if data:
            await self.raw(b"%x\r\n%b\r\n" % (len(data), data))

    async def finish(self) -> None:
        await self.raw(b"0\r\n\r\n")

    async def hang(self) -> None:
        """Silent until the client gives up."""
        await asyncio.Event().wait()

    async def cut(self, *, reset: bool = False) -> None:
        """Hang up in the middle: a FIN, or with `reset` a RST."""
        self.kept_alive = False
        if reset:
            connection = self._writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.close()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {_phrase(status)}", f"Date: {formatdate(usegmt=True)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Status"


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    """None when the client closed between two requests."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await _body(reader, headers)
    return Request(method, target, headers, body, client_port=writer.get_extra_info("peername")[1])


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
