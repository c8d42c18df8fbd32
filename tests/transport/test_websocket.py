"""graphql-transport-ws: a socket…"""

import asyncio
import json

from tests.transport.client import connected, raw
from tests.transport.toy import SECRET, World
from transport.lease import Lease


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
