"""Listening: a connection…"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.loopback import plain_client
from tests.transport.client import connected
from tests.transport.conftest import served
from tests.transport.toy import World, make_app
from transport.asgi import Bounds
from transport.listening import line_of

BOUNDS = Bounds(head_seconds=0.3, head_bytes=10_000, send_seconds=0.3, socket_bytes=5_000, idle_seconds=0.4)
BODY = b'{"query":"{ hello }"}'
POST = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
async def strict(world: World) -> AsyncIterator[str]:
    async with served(make_app(world, bounds=BOUNDS), BOUNDS) as address:
        yield address


def posted(body: bytes) -> bytes:
    return POST + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def open_raw(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = address.split(":")
    return await asyncio.open_connection(host, int(port))


async def lifetime(address: str, *pieces: bytes) -> float:
    """Seconds until the server closes a connection that says this and falls silent."""
    started = time.perf_counter()
    reader, writer = await open_raw(address)
    for piece in pieces:
        writer.write(piece)
        if piece.endswith(BODY):
            await reader.readuntil(b"15000}}}")
    with suppress(ConnectionError):
        async with asyncio.timeout(5):
            await reader.read()
    writer.close()
    return time.perf_counter() - started


async def test_that_says_nothing_is_ended(strict: str) -> None:
    assert 0.3 <= await lifetime(strict) < 2


async def test_that_never_ends_its_head_is_ended(strict: str) -> None:
    assert 0.3 <= await lifetime(strict, POST) < 2


async def test_that_never_ends_its_second_head_is_ended(strict: str) -> None:
    assert 0.3 <= await lifetime(strict, posted(BODY), POST) < 2


async def test_that_asks_nothing_more_is_ended_later(strict: str) -> None:
    assert 0.4 <= await lifetime(strict, posted(BODY)) < 2


async def test_that_goes_on_asking_lives_on(strict: str) -> None:
    reader, writer = await open_raw(strict)
    started = time.perf_counter()
    while time.perf_counter() - started < 1.0:
        writer.write(posted(BODY))
        await reader.readuntil(b"15000}}}")
    writer.close()


async def test_whose_answer_takes_long_lives_on(strict: str, world: World) -> None:
    reader, writer = await open_raw(strict)
    for body in (BODY, b'{"query":"mutation { appendSlowly(text: \\"a\\") }"}'):
        writer.write(posted(body))
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await reader.readuntil(b"15000}}}")
    world.gate.set()
    assert b"appendSlowly" in await reader.readuntil(b"15000}}}")
    writer.close()


@pytest.mark.parametrize("asks", [b"HTTP/1.0\r\nHost: x\r\n", b"HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"])
async def test_that_is_to_end_after_its_answer_does(strict: str, asks: bytes) -> None:
    reader, writer = await open_raw(strict)
    kind = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    writer.write(b"POST /graphql " + asks + kind + BODY)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert b"connection: close" in head
    assert b"content-length: %d" % len(body) in head
    assert body.startswith(b'{"data":{"hello":')
    writer.close()


async def test_that_asks_for_a_head_gets_no_body(strict: str) -> None:
    reader, writer = await open_raw(strict)
    writer.write(b"HEAD /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert b"404" in head
    assert body == b""
    writer.close()


def test_no_header_begins_another() -> None:
    assert line_of((b"x-request-id", b"a b")) == b"x-request-id: a b\r\n"
    for header in ((b"x-request-id", b"a\r\nset-cookie: b"), (b"x y", b"a"), (b"x", b"a\x00")):
        with pytest.raises(RuntimeError):
            line_of(header)


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (POST, b"X-Header: " + b"y" * 500 + b"\r\n"),
        (POST + b"X: ", b"y" * 1000),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: " + b"y" * 500 + b"\r\n"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1;", b"extension=" + b"y" * 500),
    ],
    ids=["many headers", "one header", "trailers", "extensions"],
)
async def test_cannot_fill_memory_with_what_is_no_body(strict: str, start: bytes, more: bytes) -> None:
    reader, writer = await open_raw(strict)
    writer.write(start)
    sent = 0
    with suppress(ConnectionError):
        while sent < 10_000_000 and not reader.at_eof():
            writer.write(more * 10)
            sent += len(more) * 10
            await writer.drain()
            await asyncio.sleep(0)
    assert sent < 10_000_000
    writer.close()


async def test_that_does_not_read_its_stream_is_ended(strict: str, world: World) -> None:
    body = b'{"query":"subscription { flood(size: 100000) }"}'
    reader, writer = await open_raw(strict)
    writer.write(POST + b"Accept: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()
    reader._transport.pause_reading()  # type: ignore[attr-defined]  # a client that has stopped reading
    await asyncio.wait_for(world.closed.wait(), 5)
    assert world.open_streams == 0
    assert world.flooded < 200
    writer.close()


async def test_that_pings_without_reading_is_ended(strict: str) -> None:
    async with connected(strict) as client:
        client.socket.transport.pause_reading()
        with pytest.raises((ConnectionError, TimeoutError)):
            await asyncio.wait_for(ping_without_end(client.socket.transport), 10)


async def ping_without_end(transport: asyncio.Transport) -> None:
    """Raises ConnectionError when the server has had enough."""
    ping = b"\x89\xfd" + b"\0\0\0\0" + b"x" * 125
    while not transport.is_closing():
        transport.write(ping * 1000)
        await asyncio.sleep(0)
    raise ConnectionResetError


async def test_sending_a_frame_in_endless_pieces_is_closed_with_1009(strict: str) -> None:
    async with connected(strict) as client:

        async def pieces() -> AsyncIterator[str]:
            while True:
                yield "x" * 1000

        with suppress(Exception):
            await client.socket.send(pieces())
        assert (await client.closed())[0] == 1009


async def test_that_behaves_outlives_its_head(strict: str) -> None:
    async with plain_client(f"http://{strict}") as http:
        for _ in range(4):
            assert (await http.post("/graphql", json={"query": "{ hello }"})).status_code == 200
            await asyncio.sleep(0.2)


async def test_that_became_a_socket_outlives_its_head(strict: str) -> None:
    async with connected(strict) as client:
        await asyncio.sleep(0.5)
        await client.say("ping")
        assert await client.hear() == {"type": "pong"}


@pytest.mark.parametrize("pieces", [1, 2, 7])
async def test_whose_answer_takes_long_waits_for_it(strict: str, world: World, pieces: int) -> None:
    """However the body was cut on its way: proxies and phones send it apart from its head."""
    body = b'{"query":"mutation { appendSlowly(text: \\"late\\") }"}'
    reader, writer = await open_raw(strict)
    writer.write(POST + b"Authorization: Bearer rich\r\nContent-Length: %d\r\n\r\n" % len(body))
    size = -(-len(body) // pieces)
    for start in range(0, len(body), size):
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(body[start : start + size])
    await asyncio.wait_for(world.entered.wait(), 5)
    await asyncio.sleep(BOUNDS.head_seconds * 2)
    world.gate.set()
    assert b'{"appendSlowly":"late"}' in await asyncio.wait_for(reader.readuntil(b"}}"), 5)
    writer.close()
