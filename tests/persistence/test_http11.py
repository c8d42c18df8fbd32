"""HTTP/1.1 under httpx ..."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.http11.exchange import HEAD_LIMIT, READ_AHEAD, Exchange
from persistence.http11.pool import Size
from persistence.http11.transport import Http11Transport
from tests.certificates import Authority
from tests.waiting import until

Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HELLO = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
FORMS = {
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n \r\n5\r\nworld\r\n0\r\n\r\n": True,
    b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world": True,
    b"HTTP/1.0 200 OK\r\n\r\nhello world": False,
    b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello world": False,
    b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world": True,
}


class Tap:
    """The network under an exchange."""

    is_open = True

    def pause(self) -> None:
        self.is_open = False

    def resume(self) -> None:
        self.is_open = True


@given(st.sampled_from(list(FORMS)), st.lists(st.integers(0, 120)))
def test_an_answer_is_the_same_however_it_is_cut(answer: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(answer), *(min(cut, len(answer)) for cut in cuts)})
    exchange, taken = asyncio.run(_read([answer[a:b] for a, b in pairwise(places)]))
    assert (exchange.status, taken, exchange.over) == (200, b"hello world", True)
    assert exchange.reusable is FORMS[answer]
    assert b"link" not in dict(exchange.headers)


async def _read(pieces: list[bytes]) -> tuple[Exchange, bytes]:
    exchange = Exchange(Tap(), idle_s=5.0)
    for piece in pieces:
        exchange.feed(piece)
    exchange.closed()
    await exchange.head()
    taken = b""
    while piece := await exchange.take():
        taken += piece
    return exchange, taken


async def test_what_came_is_taken_as_one_piece_and_more_than_enough_waits_in_the_network() -> None:
    tap = Tap()
    exchange = Exchange(tap, idle_s=5.0)
    exchange.feed(b"HTTP/1.1 200 OK\r\n\r\n")
    for number in range(READ_AHEAD // 1000):
        exchange.feed(b"%04d" % number * 250)
        assert tap.is_open
    exchange.feed(b"x" * 1000)
    assert not tap.is_open
    assert len(await exchange.take()) == READ_AHEAD // 1000 * 1000 + 1000
    assert tap.is_open
    exchange.leave()


async def test_whoever_takes_slowly_does_not_call_the_other_side_silent() -> None:
    tap = Tap()
    exchange = Exchange(tap, idle_s=0.02)
    exchange.feed(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (READ_AHEAD + 5) + b"x" * (READ_AHEAD + 1))
    rest = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, rest.set)
    await rest.wait()
    await exchange.take()
    exchange.feed(b"more")
    assert [await exchange.take(), await exchange.take()] == [b"more", b""]


@asynccontextmanager
async def speaking(speak: Speak, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that says what it likes."""
    server = await asyncio.start_server(speak, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@asynccontextmanager
async def client(context: ssl.SSLContext | None = None, **size: Any) -> AsyncIterator[httpx.AsyncClient]:
    wanted = {"connections": 10, "resting": 10, "rest_s": 5.0} | size
    transport = Http11Transport(context or ssl.create_default_context(), Size(**wanted))
    async with httpx.AsyncClient(transport=transport, timeout=2.0, trust_env=False) as opened:
        yield opened


class Line:
    """Answers each request with the next words; keeps count of its connections and of those that were closed."""

    def __init__(self, *words: bytes) -> None:
        self._words = list(words)
        self.opened = 0
        self.closed = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        while await self._heard(reader):
            writer.write(self._words.pop(0))
        self.closed += 1
        writer.close()

    async def _heard(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n") if self._words else await reader.read(1)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""


async def test_a_connection_is_used_again_only_after_a_whole_answer() -> None:
    line = Line(HELLO, HELLO, b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nhi", HELLO)
    async with speaking(line) as port, client() as http:
        for _ in range(2):
            assert (await http.get(f"http://127.0.0.1:{port}/")).text == "hi"
        assert line.opened == 1
        async with http.stream("GET", f"http://127.0.0.1:{port}/") as half:
            assert await anext(half.aiter_raw()) == b"hi"
        assert (await http.get(f"http://127.0.0.1:{port}/")).text == "hi"
        assert line.opened == 2


async def test_a_connection_that_asks_to_be_closed_is() -> None:
    line = Line(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi", HELLO)
    async with speaking(line) as port, client() as http:
        for _ in range(2):
            assert (await http.get(f"http://127.0.0.1:{port}/")).text == "hi"
        assert line.opened == 2


async def test_a_connection_rests_no_longer_than_it_may() -> None:
    line = Line(HELLO, HELLO)
    async with speaking(line) as port, client(rest_s=0.05) as http:
        await http.get(f"http://127.0.0.1:{port}/")
        await until(lambda: line.closed == 1)
        await http.get(f"http://127.0.0.1:{port}/")
        assert line.opened == 2


async def test_words_that_nobody_asked_for_answer_no_later_question() -> None:
    line = Line(HELLO + b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong", HELLO)
    async with speaking(line) as port, client() as http:
        for _ in range(2):
            assert (await http.get(f"http://127.0.0.1:{port}/")).text == "hi"
        await until(lambda: line.closed == 1)


async def test_no_more_connections_than_allowed() -> None:
    started = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    async with speaking(Line(started, started, HELLO)) as port, client(connections=2) as http:
        first = http.stream("GET", f"http://127.0.0.1:{port}/")
        async with first, http.stream("GET", f"http://127.0.0.1:{port}/"):
            with pytest.raises(httpx.PoolTimeout):
                await http.get(f"http://127.0.0.1:{port}/")


async def test_a_place_becomes_free_when_nobody_could_be_reached() -> None:
    async with speaking(Line(HELLO)) as port, client(connections=1) as http:
        for _ in range(3):
            with pytest.raises(httpx.ConnectError):
                await http.get("http://127.0.0.1:1/")
        assert (await http.get(f"http://127.0.0.1:{port}/")).text == "hi"


@pytest.mark.parametrize("answer", [b"x" * HEAD_LIMIT, b"HTTP/1.1 200 OK\r\n" + b"a: %b\r\n" % (b"b" * 100) * 700])
async def test_a_head_without_end_or_sense_is_refused(answer: bytes) -> None:
    async with speaking(Line(answer)) as port, client() as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\ncontent-le", b"HTTP/1.1 100 Continue\r\n\r\n"])
async def test_an_answer_without_a_whole_head_is_cut(answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with speaking(speak) as port, client() as http:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get(f"http://127.0.0.1:{port}/")


async def test_the_next_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    ask = loop.getaddrinfo

    async def two(_host: str, port: int, **how: Any) -> list[Any]:
        return [*(await ask("127.0.0.2", port, **how)), *(await ask("127.0.0.1", port, **how))]

    monkeypatch.setattr(loop, "getaddrinfo", two)
    async with speaking(Line(HELLO)) as port, client() as http:
        assert (await http.get(f"http://somewhere:{port}/")).text == "hi"


async def test_tls_believes_the_authorities_it_was_given_and_only_the_host_that_was_asked(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with speaking(Line(*[HELLO] * 3), authority.server("localhost")) as port:
        async with client(authority.trusting()) as http:
            for _ in range(2):
                assert (await http.get(f"https://localhost:{port}/")).text == "hi"
            with pytest.raises(httpx.ConnectError, match=r"127\.0\.0\.1"):
                await http.get(f"https://127.0.0.1:{port}/")
        async with client() as http:
            with pytest.raises(httpx.ConnectError, match="certificate"):
                await http.get(f"https://localhost:{port}/")
