"""Malformed and hostile sockets: a stranger…"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets

from tests.transport.client import PROTOCOL, Client, connected, raw
from tests.transport.conftest import served
from tests.transport.toy import World, make_app
from transport.asgi import Bounds

INIT = '{"type":"connection_init"}'
DEEP = "[" * 20_000 + "]" * 20_000


def subscribe(**changes: Any) -> str:
    message = {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }"}}
    return json.dumps({**message, **changes})


@pytest.mark.parametrize(
    "message",
    [
        "",
        "null",
        "1",
        '"x"',
        "[]",
        "{",
        "{}",
        DEEP,
        '{"type":' + DEEP + "}",
        '{"type":null}',
        '{"type":"unknown"}',
        '{"type":["subscribe"]}',
        '{"type":"start","id":"1","payload":{"query":"{ hello }"}}',
        '{"type":"ping","payload":[]}',
        '{"type":"pong","payload":"x"}',
        '{"type":"complete"}',
        '{"type":"complete","id":1}',
        subscribe(id=None),
        subscribe(id=""),
        subscribe(id=1),
        subscribe(id=[]),
        subscribe(id={}),
        subscribe(id="x" * 129),
        subscribe(payload=None),
        subscribe(payload=[]),
        subscribe(payload="{ hello }"),
        subscribe(payload={}),
        subscribe(payload={"query": 1}),
        subscribe(payload={"query": "{ hello }", "variables": "{}"}),
        subscribe(payload={"query": "{ hello }", "variables": []}),
        subscribe(payload={"query": "{ hello }", "operationName": []}),
        subscribe(payload={"query": "{ hello }", "extensions": 1}),
        '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":{"a":' + "9" * 5000 + "}}}",
        b"{}",
    ],
    ids=range(34),
)
async def test_breaking_the_protocol_is_closed_with_4400(address: str, world: World, message: str | bytes) -> None:
    started = time.thread_time()
    async with connected(address) as client:
        await client.socket.send(message)
        code, reason = await client.closed()
    assert code == 4400
    assert reason
    assert time.thread_time() - started < 1
    assert world.reports == []


@pytest.mark.parametrize("payload", ["[]", '"x"', "1", '{"Authorization":1}', '{"token":["x"]}'])
async def test_sending_a_malformed_initialisation_is_closed_with_4400(address: str, payload: str) -> None:
    async with raw(address) as client:
        await client.socket.send('{"type":"connection_init","payload":' + payload + "}")
        assert (await client.closed())[0] == 4400


async def test_may_initialise_with_null(address: str) -> None:
    async with raw(address) as client:
        await client.socket.send('{"type":"connection_init","payload":null}')
        assert (await client.hear())["type"] == "connection_ack"


async def test_subscribing_before_the_initialisation_is_closed_with_4401(address: str) -> None:
    async with raw(address) as client:
        await client.subscribe("1", "{ hello }")
        assert await client.closed() == (4401, "Unauthorized")


async def test_initialising_twice_is_closed_with_4429(address: str) -> None:
    async with connected(address) as client:
        await client.say("connection_init")
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_using_an_id_twice_is_closed_with_4409(address: str) -> None:
    async with connected(address) as client:
        await client.subscribe("1", "subscription { forever }")
        await client.hear()
        await client.subscribe("1", "{ hello }")
        assert await client.closed() == (4409, "Subscriber for 1 already exists")


async def test_may_use_an_id_again_once_it_is_complete(address: str) -> None:
    async with connected(address) as client:
        for _ in range(3):
            await client.subscribe("1", "subscription { forever }")
            assert (await client.hear())["type"] == "next"
            await client.say("complete", "1")


async def test_completing_what_never_was_is_ignored(address: str) -> None:
    async with connected(address) as client:
        await client.say("complete", "7")
        await client.subscribe("1", "{ hello }")
        assert (await client.hear())["id"] == "1"


async def test_may_ping_at_any_time(address: str) -> None:
    async with raw(address) as client:
        await client.say("ping")
        assert await client.hear() == {"type": "pong"}
        await client.say("ping", payload={"a": "中"})
        assert await client.hear() == {"type": "pong", "payload": {"a": "中"}}
        await client.say("pong")
        await client.say("connection_init")
        assert (await client.hear())["type"] == "connection_ack"


async def test_without_the_subprotocol_is_closed_with_4406(address: str) -> None:
    for offered in (None, [websockets.Subprotocol("graphql-ws")]):
        async with websockets.connect(f"ws://{address}/graphql", subprotocols=offered) as socket:
            assert await Client(socket).closed() == (4406, "Subprotocol not acceptable")


async def test_from_a_foreign_page_gets_no_socket(address: str, world: World) -> None:
    for origin in ("https://evil.example", "https://app.example.evil", "null"):
        with pytest.raises(websockets.InvalidStatus):
            async with raw(address, origin=origin):
                pass
    assert world.connections == []
    for origin in ("https://app.example", f"http://{address}"):
        async with raw(address, origin=origin) as client:
            await client.say("ping")
            assert await client.hear() == {"type": "pong"}


async def test_asking_elsewhere_gets_no_socket(address: str) -> None:
    with pytest.raises(websockets.InvalidStatus):
        async with websockets.connect(f"ws://{address}/elsewhere", subprotocols=[PROTOCOL]):
            pass


@pytest.fixture
async def strict(world: World) -> AsyncIterator[str]:
    bounds = Bounds(init_seconds=0.2, socket_bytes=2_000, operations=3, send_seconds=0.3)
    async with served(make_app(world, bounds=bounds)) as address:
        yield address


async def test_that_never_initialises_is_closed_with_4408(strict: str) -> None:
    started = time.perf_counter()
    async with raw(strict) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")
    assert 0.2 <= time.perf_counter() - started < 1


async def test_that_initialises_stays(strict: str) -> None:
    async with connected(strict) as client:
        await asyncio.sleep(0.3)
        await client.subscribe("1", "{ hello }")
        assert (await client.hear())["type"] == "next"


async def test_sending_a_large_message_is_closed_with_1009(strict: str) -> None:
    for character in ("x", "中"):
        async with connected(strict) as client:
            await client.subscribe("1", "{ hello } #" + character * 1990)
            assert (await client.closed())[0] == 1009


async def test_cannot_run_more_operations_than_a_socket_may(strict: str, world: World) -> None:
    async with connected(strict) as client:
        for number in range(3):
            await client.subscribe(str(number), "subscription { forever }")
            assert (await client.hear())["type"] == "next"
        await client.subscribe("3", "{ hello }")
        answer = await client.hear()
        assert (answer["id"], answer["type"]) == ("3", "error")
        assert answer["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert world.open_streams == 3
        await client.say("complete", "0")
        await client.subscribe("4", "{ hello }")
        assert (await client.hear())["id"] == "4"


async def test_cannot_hold_more_sockets_than_a_payer_may(world: World) -> None:
    app = make_app(world, bounds=Bounds(sockets=2))
    async with served(app) as address, connected(address, "a"), connected(address, "b"):
        async with connected(address, "a"), raw(address) as third:
            await third.say("connection_init", payload={"token": "a"})
            code, reason = await third.closed()
            assert (code, reason.split()[0]) == (1013, "RATE_LIMITED")
        for _ in range(3):
            async with connected(address, "a") as client:
                await client.say("ping")
                await client.hear()


async def test_over_a_rate_limit_is_read_no_faster_than_it_is_refused(world: World) -> None:
    app = make_app(world, bounds=Bounds(penalty_seconds=0.05))
    async with served(app) as address, connected(address, "poor") as client:
        started = time.perf_counter()
        for number in range(20):
            await client.subscribe(str(number), "{ hello }")
        for number in range(20):
            answer = await client.hear()
            assert (answer["id"], answer["payload"][0]["extensions"]["code"]) == (str(number), "RATE_LIMITED")
        await client.say("ping")
        assert await client.hear() == {"type": "pong"}
        assert time.perf_counter() - started > 0.2


async def test_that_does_not_read_is_bounded_and_dropped(strict: str, world: World) -> None:
    async with connected(strict) as client:
        client.socket.transport.pause_reading()
        await client.subscribe("1", "subscription { flood(size: 100000) }")
        await asyncio.wait_for(world.closed.wait(), 10)
        assert world.open_streams == 0
        assert world.flooded < 200  # what the buffers of two sockets hold
        client.socket.transport.abort()


async def test_sending_half_an_emoji_is_understood(address: str) -> None:
    async with connected(address) as client:
        query = r'"query ($n: String!) { hello(name: $n) }","variables":{"n":"a\ud83d"}'
        await client.socket.send('{"type":"subscribe","id":"\\ud83d","payload":{"query":' + query + "}}")
        answer = await client.hear()
        assert (answer["id"], answer["payload"]["data"]) == ("\ufffd", {"hello": "你好，a\ufffd"})


async def test_hanging_up_without_a_word_does_no_harm(address: str, world: World) -> None:
    for _ in range(20):
        async with connected(address) as client:
            await client.subscribe("1", "subscription { count(to: 100000) }")
            client.socket.transport.abort()
    async with connected(address) as client:
        await client.subscribe("1", "{ hello }")
        assert (await client.hear())["type"] == "next"
    assert world.reports == []
