"""Random frames: whatever a socket says…"""

import asyncio
import json
from contextlib import suppress
from typing import Any

import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.transport.client import PROTOCOL, connected
from tests.transport.toy import World

CODES = {1000, 1002, 1007, 1009, 4400, 4401, 4403, 4409, 4429}
GOOD = [
    {"type": "connection_init"},
    {"type": "connection_init", "payload": {"Authorization": "Bearer x"}},
    {"type": "ping"},
    {"type": "pong", "payload": {}},
    {"type": "complete", "id": "1"},
    {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }"}},
    {"type": "subscribe", "id": "2", "payload": {"query": "subscription { count(to: 3) }"}},
    {"type": "subscribe", "id": "3", "payload": {"query": "query ($e: Even!) { even(number: $e) }", "variables": {}}},
]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def messages(draw: st.DrawFn) -> str | bytes:
    """A good message, one with a field exchanged, one cut and patched, or noise."""
    message: dict[str, Any] = dict(draw(st.sampled_from(GOOD)))
    match draw(st.sampled_from(["good", "exchanged", "patched", "noise", "bytes"])):
        case "exchanged":
            message[draw(st.sampled_from(["type", "id", "payload"]))] = draw(JSON)
        case "patched":
            text = json.dumps(message)
            at = draw(st.integers(0, len(text)))
            return text[:at] + draw(st.text(max_size=6)) + text[at + draw(st.integers(0, 8)) :]
        case "noise":
            return draw(st.text(max_size=40))
        case "bytes":
            return draw(st.binary(max_size=40))
    return json.dumps(message)


QUIET = settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def hang_up(socket: websockets.ClientConnection) -> int | None:
    async with asyncio.timeout(5):
        await socket.close()
    return socket.close_code


@QUIET
@given(said=st.lists(messages(), max_size=6))
async def test_before_or_after_its_initialisation_is_answered_or_closed_with_a_code(
    address: str, world: World, said: list[str | bytes]
) -> None:
    async with websockets.connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as socket:
        with suppress(websockets.ConnectionClosed):
            for message in said:
                await socket.send(message)
        assert await hang_up(socket) in CODES
    assert world.reports == []


@QUIET
@given(said=st.lists(messages(), max_size=6))
async def test_leaves_another_socket_alone(address: str, world: World, said: list[str | bytes]) -> None:
    async with connected(address) as other, connected(address) as client:
        await other.subscribe("s", "subscription { forever }")
        await other.hear()
        with suppress(websockets.ConnectionClosed):
            for message in said:
                await client.socket.send(message)
        assert await hang_up(client.socket) in CODES
        await other.subscribe("q", "{ hello }")
        assert (await other.hear())["id"] == "q"
    assert world.reports == []


@QUIET
@given(noise=st.binary(min_size=1, max_size=200))
async def test_beneath_the_protocol_is_closed(address: str, world: World, noise: bytes) -> None:
    async with connected(address) as client:
        client.socket.transport.write(noise)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.02):
                await client.socket.wait_closed()
        client.socket.transport.abort()
    async with connected(address) as client:
        await client.subscribe("q", "{ hello }")
        assert (await client.hear())["id"] == "q"
    assert world.reports == []
