"""What hostile strangers do to a server, each for a while."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from tests.loopback import plain_client
from tests.transport.client import connected
from tests.transport.test_limits import HOSTILE

HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "multipart/form-data; boundary=x", "authorization": "Bearer rich"}


async def documents(address: str) -> None:
    async with plain_client(f"http://{address}") as http:
        for number in range(50):
            query = f"{random.choice(list(HOSTILE.values()))} #{number}"
            await http.post("/graphql", json={"query": query})


async def large_answers(address: str) -> None:
    async with plain_client(f"http://{address}") as http:
        for _ in range(20):
            await http.post("/graphql", json={"query": "{ items(first: 99) { items(first: 99) { id } } }"})


async def deep_json(address: str) -> None:
    async with plain_client(f"http://{address}") as http:
        for _ in range(50):
            await http.post(
                "/graphql", content=b'{"query":' + b"[" * 500_000, headers={"content-type": "application/json"}
            )


async def forms(address: str) -> None:
    async with plain_client(f"http://{address}") as http:
        for _ in range(20):
            await http.post("/graphql", content=b"--x\r\n" + b"\r\n--" * 200_000, headers=FORM)


async def raw(address: str, *pieces: bytes) -> None:
    host, port = address.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    await asyncio.sleep(2)
    writer.close()


async def endless_body(address: str) -> None:
    await raw(address, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"8000\r\n" + b"x" * 0x8000 + b"\r\n"] * 500)


async def endless_head(address: str) -> None:
    await raw(address, HEAD, *[b"X-Header: " + b"y" * 1000 + b"\r\n"] * 1000)


async def stalled_body(address: str) -> None:
    await raw(address, HEAD + b"Content-Length: 1000\r\n\r\n{")


async def pings(address: str) -> None:
    async with connected(address) as client:
        for _ in range(20_000):
            await client.socket.send('{"type":"ping"}')


async def unread_flood(address: str) -> None:
    async with connected(address) as client:
        client.socket.transport.pause_reading()
        await client.subscribe("1", "subscription { flood(size: 10000) }")
        await asyncio.sleep(2)
        client.socket.transport.abort()


async def read_flood(address: str) -> None:
    async with connected(address) as client:
        await client.subscribe("1", "subscription { count(to: 20000) }")
        while (await client.hear())["type"] == "next":
            pass


async def broken_operations(address: str) -> None:
    async with connected(address) as client:
        for number in range(500):
            await client.subscribe(str(number), "{" + " x" * 200 + f"}} #{number}")


async def sockets(address: str) -> None:
    for _ in range(200):
        async with connected(address):
            pass


ATTACKS: list[Callable[[str], Awaitable[None]]] = [
    documents,
    large_answers,
    deep_json,
    forms,
    endless_body,
    endless_head,
    stalled_body,
    pings,
    unread_flood,
    read_flood,
    broken_operations,
    sockets,
]
