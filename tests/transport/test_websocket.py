"""graphql-transport-ws: a socket…"""

import asyncio
import json
from contextlib import AsyncExitStack

import pytest
import strawberry
import websockets

from tests.transport.client import connected, raw
from tests.transport.conftest import served
from tests.transport.toy import SECRET, Item, World, make_app
from transport.asgi import Bounds
from transport.lease import Lease
from transport.ports import Shared


async def test_runs_queries_mutations_and_subscriptions(address: str, world: World) -> None:
    async with connected(address) as client:
        await client.subscribe("q", "{ hello }")
        assert (await client.hear())["payload"]["data"] == {"hello": "你好，世界"}
        assert await client.hear() == {"id": "q", "type": "complete"}
        await client.subscribe("m", 'mutation { append(text: "x") }')
        assert (await client.hear())["payload"]["data"] == {"append": ["x"]}
        assert await client.hear() == {"id": "m", "type": "complete"}
        await client.subscribe("s", "subscription { count(to: 2) }")
        assert await client.hear() == {"id": "s", "type": "next", "payload": {"data": {"count": 0}}}
        assert await client.hear() == {"id": "s", "type": "next", "payload": {"data": {"count": 1}}}
        assert await client.hear() == {"id": "s", "type": "complete"}
    assert [(each.operation.kind, each.events, each.code) for each in world.finished] == [
        ("query", 0, None),
        ("mutation", 0, None),
        ("subscription", 2, None),
    ]


async def test_survives_a_syntax_error(address: str) -> None:
    async with connected(address) as client:
        await client.subscribe("1", "{")
        answer = await client.hear()
        assert (answer["id"], answer["type"]) == ("1", "error")
        assert answer["payload"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
        await client.subscribe("1", "{ hello }")
        assert (await client.hear())["type"] == "next"


async def test_masks_what_breaks_inside_a_subscription(address: str, world: World) -> None:
    async with connected(address) as client:
        await client.subscribe("s", "subscription { count(to: 3, failAt: 1) }")
        assert (await client.hear())["type"] == "next"
        answer = await client.hear()
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL_SERVER_ERROR")
        assert SECRET not in json.dumps(answer)
    assert world.reports == [(f"RuntimeError({SECRET!r})", answer["payload"][0]["extensions"]["requestId"])]


async def test_leaves_out_an_event_that_is_withdrawn(address: str, world: World) -> None:
    texts = ("before", "withdrawn", "after")
    world.shared = [Shared(Item(id=strawberry.ID(text), text=text)) for text in texts]
    for selections in ("id withdrawn", "id text withdrawn"):
        async with connected(address) as client:
            await client.subscribe("s", f"subscription {{ shared {{ {selections} }} }}")
            heard = [await client.hear() for _ in range(3)]
        assert [message["payload"]["data"]["shared"]["id"] for message in heard[:2]] == ["before", "after"]
        assert heard[2]["type"] == "complete"
    assert world.reports == []
    assert [record.events for record in world.finished] == [2, 2]


async def test_stops_a_subscription_that_its_client_completes(address: str, world: World) -> None:
    async with connected(address) as client:
        await client.subscribe("s", "subscription { forever }")
        await client.hear()
        assert world.open_streams == 1
        await client.say("complete", "s")
        await asyncio.wait_for(world.closed.wait(), 5)
        assert world.open_streams == 0


async def test_stops_its_subscriptions_when_the_client_vanishes(address: str, world: World) -> None:
    async with connected(address) as client:
        await client.subscribe("s", "subscription { forever }")
        await client.hear()
        client.socket.transport.abort()
    await asyncio.wait_for(world.closed.wait(), 5)
    assert world.open_streams == 0


async def test_finishes_a_mutation_that_its_client_left(address: str, world: World) -> None:
    async with connected(address) as client:
        await client.subscribe("m", 'mutation { appendSlowly(text: "kept") }')
        await asyncio.wait_for(world.entered.wait(), 5)
    world.gate.set()
    async with connected(address) as client:
        await client.subscribe("q", "{ hello }")
        await client.hear()
    assert world.written == ["kept"]


async def test_is_closed_when_its_token_is_revoked_or_expires(address: str, world: World) -> None:
    world.leases["one"] = Lease()
    async with connected(address, "one") as client:
        world.leases["one"].revoked.fire()
        assert await client.closed() == (4403, "Signed out")
    world.leases["two"] = Lease(expires_at=0)
    async with connected(address, "two") as client:
        assert await client.closed() == (4403, "Token expired")


async def test_with_a_bad_token_is_closed_with_4403(address: str) -> None:
    async with raw(address) as client:
        await client.say("connection_init", payload={"token": "bad"})
        code, reason = await client.closed()
        assert (code, reason.split()[0]) == (4403, "UNAUTHENTICATED")


async def test_that_cannot_be_opened_just_now_is_told_to_try_again(address: str) -> None:
    async with raw(address) as client:
        await client.say("connection_init", payload={"authorization": "Bearer crash"})
        code, reason = await client.closed()
        assert (code, reason.split()[0]) == (1013, "INTERNAL_SERVER_ERROR")


async def test_is_drained_after_its_mutations_are_answered(world: World) -> None:
    app = make_app(world)
    async with served(app) as address, connected(address) as client:
        await client.subscribe("s", "subscription { forever }")
        await client.hear()
        await client.subscribe("m", 'mutation { appendSlowly(text: "kept") }')
        await asyncio.wait_for(world.entered.wait(), 5)
        draining = asyncio.create_task(app.drain())
        await asyncio.wait_for(world.closed.wait(), 5)
        await client.subscribe("q", "{ hello }")
        with pytest.raises(websockets.InvalidStatus):
            async with raw(address):
                pass
        world.gate.set()
        assert (await client.hear())["payload"]["data"] == {"appendSlowly": "kept"}
        assert await client.hear() == {"id": "m", "type": "complete"}
        assert await client.closed() == (1012, "Service restart")
        await draining


async def test_is_not_drained_for_ever(world: World) -> None:
    app = make_app(world, bounds=Bounds(drain_seconds=0.1))
    async with served(app) as address, connected(address) as client:
        await client.subscribe("m", 'mutation { appendSlowly(text: "late") }')
        await asyncio.wait_for(world.entered.wait(), 5)
        draining = asyncio.create_task(app.drain())
        assert await client.closed() == (1012, "Service restart")
        world.gate.set()
        await draining
    assert world.written == ["late"]


async def test_keeps_the_server_from_stopping_before_its_mutations_are_done(world: World) -> None:
    server = AsyncExitStack()
    address = await server.enter_async_context(served(make_app(world)))
    async with connected(address) as client:
        await client.subscribe("m", 'mutation { appendSlowly(text: "kept") }')
        await asyncio.wait_for(world.entered.wait(), 5)
    stopping = asyncio.create_task(server.aclose())
    await asyncio.sleep(0.3)
    assert not stopping.done()
    world.gate.set()
    await stopping
    assert world.written == ["kept"]


async def test_is_closed_with_1012_when_the_server_just_stops(world: World) -> None:
    server = AsyncExitStack()
    address = await server.enter_async_context(served(make_app(world)))
    async with connected(address) as client:
        await client.subscribe("s", "subscription { forever }")
        await client.hear()
        await server.aclose()
        assert (await client.closed())[0] == 1012
    assert world.open_streams == 0


async def test_gives_every_operation_and_every_event_a_context_of_its_own(address: str) -> None:
    async with connected(address) as client:
        await client.subscribe("s", "subscription { contexts { stream event } }")
        seen = [(await client.hear())["payload"]["data"]["contexts"] for _ in range(3)]
    assert len({each["stream"] for each in seen}) == 1
    assert len({each["event"] for each in seen}) == 3
