"""Server-sent events: a stream…"""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx

from tests.loopback import plain_client
from tests.transport.conftest import served
from tests.transport.toy import SECRET, World, make_app
from transport.asgi import Bounds
from transport.lease import Lease

EVENTS = {"accept": "text/event-stream"}


async def lines_of(
    http: httpx.AsyncClient, query: str, headers: dict[str, str] | None = None
) -> AsyncGenerator[str, None]:
    body = {"query": query}
    async with http.stream("POST", "/graphql", json=body, headers={**EVENTS, **(headers or {})}) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        async for line in response.aiter_lines():
            yield line


async def payloads_of(http: httpx.AsyncClient, query: str, headers: dict[str, str] | None = None) -> list[Any]:
    """The payloads of `next`, None for `complete`."""
    lines = [line async for line in lines_of(http, query, headers) if line.startswith("data:")]
    return [json.loads(line[6:]) if line[6:] else None for line in lines]


async def test_has_exactly_the_frames_of_the_protocol(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "subscription { count(to: 2) }"}, headers=EVENTS)
    assert response.content == (
        b'event: next\ndata: {"data":{"count":0}}\n\n'
        b'event: next\ndata: {"data":{"count":1}}\n\n'
        b"event: complete\ndata:\n\n"
    )


async def test_answers_a_query_too_when_nothing_else_is_accepted(http: httpx.AsyncClient) -> None:
    first, last = await payloads_of(http, "{ hello }")
    assert first["data"] == {"hello": "你好，世界"}
    assert last is None


async def test_may_be_a_get(http: httpx.AsyncClient) -> None:
    response = await http.get("/graphql", params={"query": "subscription { count(to: 1) }"}, headers=EVENTS)
    assert response.content.startswith(b'event: next\ndata: {"data":{"count":0}}\n\n')


async def test_that_breaks_ends_with_a_masked_error(http: httpx.AsyncClient, world: World) -> None:
    first, error, last = await payloads_of(http, "subscription { count(to: 3, failAt: 1) }")
    assert (first, last) == ({"data": {"count": 0}}, None)
    assert error["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert SECRET not in json.dumps(error)
    assert len(world.reports) == 1


async def test_that_cannot_start_is_refused_with_a_status(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "subscription { cunt }"}, headers=EVENTS)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_ends_when_its_client_leaves(http: httpx.AsyncClient, world: World) -> None:
    lines = lines_of(http, "subscription { forever }")
    assert await anext(lines) == "event: next"
    assert world.open_streams == 1
    await lines.aclose()
    await asyncio.wait_for(world.closed.wait(), 5)
    assert world.open_streams == 0


async def test_ends_with_an_error_when_the_token_is_revoked(http: httpx.AsyncClient, world: World) -> None:
    lease = world.leases["one"] = Lease()
    lines = lines_of(http, "subscription { forever }", {"authorization": "Bearer one"})
    assert await anext(lines) == "event: next"
    lease.revoked.fire()
    rest = [line async for line in lines]
    assert "UNAUTHENTICATED" in rest[3]
    assert rest[5:] == ["event: complete", "data:", ""]
    assert world.open_streams == 0


async def test_is_kept_alive_while_nothing_happens(world: World) -> None:
    app = make_app(world, bounds=Bounds(keepalive_seconds=0.05))
    async with served(app) as address, plain_client(f"http://{address}") as http:
        lines = lines_of(http, "subscription { forever }")
        heard = [await anext(lines) for _ in range(7)]
        await lines.aclose()
    assert heard[3:] == [":", "", ":", ""]


async def test_breaks_off_without_completing_when_the_server_goes(world: World) -> None:
    app = make_app(world)
    async with served(app) as address, plain_client(f"http://{address}") as http:
        lines = lines_of(http, "subscription { forever }")
        await anext(lines)
        await app.drain()
        assert "event: complete" not in [line async for line in lines]
    assert world.open_streams == 0
