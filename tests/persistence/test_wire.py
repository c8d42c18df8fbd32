"""The one way out ..."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from domain.outbound import Call, OutboundError, Trouble, json_call
from persistence.wire import Wire
from tests.standins.base import StandIn
from tests.standins.http import Exchange, Request
from tests.waiting import until

Handler = Callable[[Request, Exchange], Awaitable[None]]


class Vendor(StandIn):
    """Answers as the test tells it."""

    name = "vendor"
    handler: Handler

    async def handle(self, request: Request, exchange: Exchange) -> None:
        await self.handler(request, exchange)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as started:
        yield started


@pytest.fixture(scope="module")
async def wire() -> AsyncIterator[Wire]:
    async with Wire(connect_s=1.0) as opened:
        yield opened


@asynccontextmanager
async def trouble(expected: Trouble) -> AsyncIterator[None]:
    """The block must fail so, and say nothing that is secret."""
    with pytest.raises(OutboundError) as caught:
        yield
    assert caught.value.trouble is expected
    assert "hidden" not in f"{caught.value}{caught.value.__cause__}"


async def hang(_: Request, exchange: Exchange) -> None:
    await exchange.hang()


async def fine(_: Request, exchange: Exchange) -> None:
    await exchange.answer_json(200, {"ok": "是"})


async def streamed(wire: Wire, call: Call, *, idle_s: float = 0.2) -> list[bytes]:
    async with wire.stream(call, idle_s=idle_s) as answer:
        return [chunk async for chunk in answer.chunks]


async def test_carries_a_call_there_and_the_answer_back_whatever_its_status(vendor: Vendor, wire: Wire) -> None:
    async def teapot(_: Request, exchange: Exchange) -> None:
        await exchange.answer(418, "茶".encode(), {"X-Kind": "Pot"})

    vendor.handler = teapot
    response = await wire.send(json_call(f"{vendor.url}/a?b=c", {"text": "中"}, {"X-Key": "k"}))
    assert (response.status, response.body, response.headers["x-kind"]) == (418, "茶".encode(), "Pot")
    (request,) = vendor.requests
    assert (request.method, request.path, request.query) == ("POST", "/a", {"b": "c"})
    assert request.body == '{"text":"中"}'.encode()
    assert (request.headers["x-key"], request.headers["content-type"]) == ("k", "application/json")
    assert request.headers["accept-encoding"] == "identity"


async def test_reads_json_whatever_the_content_type_says(vendor: Vendor, wire: Wire) -> None:
    async def plain(_: Request, exchange: Exchange) -> None:
        await exchange.answer(200, b'{"errcode":0}', {"Content-Type": "text/plain"})

    vendor.handler = plain
    assert (await wire.send(Call("GET", vendor.url))).json() == {"errcode": 0}


async def test_uses_a_connection_again(vendor: Vendor, wire: Wire) -> None:
    vendor.handler = fine
    for _ in range(3):
        await wire.send(Call("GET", vendor.url))
    assert len(vendor.requests) == 3
    assert len({request.client_port for request in vendor.requests}) == 1


async def test_ignores_proxies_of_the_environment(vendor: Vendor, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor.handler = fine
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with Wire() as fresh:
        assert (await fresh.send(Call("GET", vendor.url))).status == 200


async def test_follows_no_redirect(vendor: Vendor, wire: Wire) -> None:
    async def elsewhere(_: Request, exchange: Exchange) -> None:
        await exchange.answer(307, b"", {"Location": "/other"})

    vendor.handler = elsewhere
    assert (await wire.send(Call("POST", vendor.url, body=b"x"))).status == 307
    assert len(vendor.requests) == 1


async def test_unpacks_an_answer_that_was_compressed_unasked(vendor: Vendor, wire: Wire) -> None:
    async def packed(_: Request, exchange: Exchange) -> None:
        await exchange.answer(200, gzip.compress(b"data: a\n\n"), {"Content-Encoding": "gzip"})

    vendor.handler = packed
    assert b"".join(await streamed(wire, Call("GET", vendor.url))) == b"data: a\n\n"
    assert (await wire.send(Call("GET", vendor.url))).body == b"data: a\n\n"


async def test_calls_it_refused_when_nobody_listens(vendor: Vendor, wire: Wire) -> None:
    vendor.refuse()
    for _ in range(2):
        async with trouble(Trouble.REFUSED):
            await wire.send(Call("GET", f"{vendor.url}/?secret=hidden"))
    async with trouble(Trouble.REFUSED):
        await streamed(wire, Call("GET", vendor.url))
    vendor.listen()
    vendor.handler = fine
    assert (await wire.send(Call("GET", vendor.url))).status == 200


async def test_calls_it_refused_when_there_is_no_such_host(wire: Wire) -> None:
    async with trouble(Trouble.REFUSED):
        await wire.send(Call("GET", "http://nowhere.invalid/?secret=hidden"))


async def test_gives_a_whole_answer_its_time_and_no_more(vendor: Vendor, wire: Wire) -> None:
    async def drips(_: Request, exchange: Exchange) -> None:
        await exchange.begin(200)
        while True:
            await exchange.send(b" ")
            await asyncio.sleep(0.01)

    for vendor.handler in (hang, drips):
        async with trouble(Trouble.TIMEOUT):
            await wire.send(Call("GET", vendor.url), timeout_s=0.2)
    await until(lambda: all(request.gone.is_set() for request in vendor.requests))


async def test_refuses_an_answer_that_is_too_large(vendor: Vendor, wire: Wire) -> None:
    async def endless(_: Request, exchange: Exchange) -> None:
        await exchange.begin(200)
        while True:
            await exchange.send(b"x" * 10_000)

    vendor.handler = endless
    async with trouble(Trouble.TOO_LARGE):
        await wire.send(Call("GET", vendor.url), max_bytes=100_000)
    await until(vendor.requests[0].gone.is_set)


async def test_takes_an_answer_as_large_as_allowed(vendor: Vendor, wire: Wire) -> None:
    async def large(_: Request, exchange: Exchange) -> None:
        await exchange.answer(200, b"x" * 100_000)

    vendor.handler = large
    assert len((await wire.send(Call("GET", vendor.url), max_bytes=100_000)).body) == 100_000


@pytest.mark.parametrize("reset", [False, True])
async def test_calls_it_cut_when_the_connection_breaks(vendor: Vendor, wire: Wire, reset: bool) -> None:
    async def cut(_: Request, exchange: Exchange) -> None:
        await exchange.begin(200)
        await exchange.send(b"half")
        await exchange.cut(reset=reset)

    vendor.handler = cut
    async with trouble(Trouble.CUT):
        await wire.send(Call("GET", vendor.url))


async def test_calls_it_cut_when_no_http_comes(vendor: Vendor, wire: Wire) -> None:
    async def garbage(_: Request, exchange: Exchange) -> None:
        await exchange.raw(b"hidden garbage\r\n\r\n")
        await exchange.cut()

    vendor.handler = garbage
    async with trouble(Trouble.CUT):
        await wire.send(Call("GET", vendor.url))


@pytest.mark.parametrize("url", ["ftp://x/", "/only/a/path", "http://[::1/"])
async def test_does_not_call_what_is_no_web_address(wire: Wire, url: str) -> None:
    async with trouble(Trouble.BAD_ADDRESS):
        await wire.send(Call("GET", url))
    async with trouble(Trouble.BAD_ADDRESS):
        await streamed(wire, Call("GET", url))


@pytest.mark.parametrize("key", ["中hidden", "hidden\n", "hidden\r\nX-Admin: yes"])
async def test_sends_no_header_that_is_none_and_does_not_repeat_it(vendor: Vendor, wire: Wire, key: str) -> None:
    async with trouble(Trouble.BAD_ADDRESS):
        await wire.send(Call("GET", vendor.url, {"Authorization": f"Bearer {key}"}))
    assert vendor.requests == []


async def test_gives_a_streams_bytes_as_they_come(vendor: Vendor, wire: Wire) -> None:
    turns = asyncio.Queue[bytes]()
    loop = asyncio.get_running_loop()

    async def stepwise(_: Request, exchange: Exchange) -> None:
        await exchange.begin(200, {"Content-Type": "text/event-stream"})
        while part := await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(turns.get(), loop)):
            await exchange.send(part)
        await exchange.finish()

    vendor.handler = stepwise
    async with wire.stream(Call("GET", vendor.url)) as answer:
        assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
        for part in (b"data: \xe5", b"\xa5\xbd\n\n"):
            turns.put_nowait(part)
            assert await anext(answer.chunks) == part
        turns.put_nowait(b"")
        with pytest.raises(StopAsyncIteration):
            await anext(answer.chunks)
    assert not vendor.requests[0].gone.is_set()


async def test_gives_up_on_a_stream_that_falls_silent_before_or_after_its_head(vendor: Vendor, wire: Wire) -> None:
    async def stalls(_: Request, exchange: Exchange) -> None:
        await exchange.begin(200)
        await exchange.send(b"some")
        await exchange.hang()

    for vendor.handler in (hang, stalls):
        async with trouble(Trouble.TIMEOUT):
            await streamed(wire, Call("GET", vendor.url), idle_s=0.1)
    await until(lambda: all(request.gone.is_set() for request in vendor.requests))


async def test_does_not_call_a_slow_stream_silent(vendor: Vendor, wire: Wire) -> None:
    async def slow(_: Request, exchange: Exchange) -> None:
        await exchange.begin(200)
        for digit in range(20):
            await exchange.send(b"%d" % (digit % 10))
            await asyncio.sleep(0.03)
        await exchange.finish()

    vendor.handler = slow
    assert b"".join(await streamed(wire, Call("GET", vendor.url), idle_s=0.3)) == b"01234567890123456789"


async def endless_stream(_: Request, exchange: Exchange) -> None:
    await exchange.begin(200)
    while True:
        await exchange.send(b"x")
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("read", [0, 1])
async def test_closes_the_connection_at_once_when_the_block_is_left(vendor: Vendor, wire: Wire, read: int) -> None:
    vendor.handler = endless_stream
    async with wire.stream(Call("GET", vendor.url)) as answer:
        for _ in range(read):
            await anext(answer.chunks)
    await until(vendor.requests[0].gone.is_set, within=1)


@pytest.mark.parametrize("handler", [hang, endless_stream])
async def test_closes_the_connection_at_once_when_it_is_cancelled(vendor: Vendor, wire: Wire, handler: Handler) -> None:
    vendor.handler = handler
    task = asyncio.create_task(streamed(wire, Call("GET", vendor.url), idle_s=60))
    await until(lambda: len(vendor.requests) == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(vendor.requests[0].gone.is_set, within=1)


async def test_carries_many_streams_at_once(vendor: Vendor, wire: Wire) -> None:
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def gated(request: Request, exchange: Exchange) -> None:
        await exchange.begin(200)
        if len(vendor.requests) == 150:
            loop.call_soon_threadsafe(gate.set)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(gate.wait(), loop))
        await exchange.send(request.body)
        await exchange.finish()

    vendor.handler = gated
    calls = [Call("POST", vendor.url, body=str(number).encode()) for number in range(150)]
    answers = await asyncio.gather(*(streamed(wire, call, idle_s=20) for call in calls))
    assert [b"".join(chunks) for chunks in answers] == [call.body for call in calls]
