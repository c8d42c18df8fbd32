"""Connections: what is open when a device signs out…"""

import asyncio
import json

import websockets

from tests.api.client import People, Person
from tests.loopback import plain_client

EVENTS = "subscription Events { userEvents { __typename } }"


async def sign_out(person: Person) -> None:
    assert (await person.ask("mutation Out { logout }"))["logout"] is True


async def test_a_socket_is_closed_with_4403(people: People) -> None:
    person = await people.patient()
    async with person.socket() as socket:
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": EVENTS}}))
        await sign_out(person)
        async with asyncio.timeout(5):
            await socket.wait_closed()
        assert socket.close_code == 4403


async def test_a_stream_ends_with_an_error(people: People, patient: Person) -> None:
    headers = {**patient.headers, "accept": "text/event-stream"}
    async with (
        plain_client(f"http://127.0.0.1:{people.port}") as http,
        http.stream("POST", "/graphql", json={"query": EVENTS}, headers=headers) as response,
        asyncio.timeout(5),
    ):
        await sign_out(patient)
        lines = [line async for line in response.aiter_lines() if line.startswith("data: ")]
    assert json.loads(lines[-1][6:])["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_token_that_was_signed_out_opens_no_socket(people: People) -> None:
    person = await people.patient()
    await sign_out(person)
    url = f"ws://127.0.0.1:{people.port}/graphql"
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"token": person.token}}))
        async with asyncio.timeout(5):
            await socket.wait_closed()
        assert socket.close_code == 4403
