"""What twenty hostile clients do to somebody else: `python -m tests.transport.hostile` prints two medians."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from statistics import median

import httpx
import websockets

from tests.transport.client import connected
from tests.transport.test_limits import HOSTILE

CLIENTS = 20
REQUESTS = 300
SETTLING = 6.0
HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "multipart/form-data; boundary=x", "authorization": "Bearer rich"}


async def documents(address: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
        for number in range(50):
            query = f"{random.choice(list(HOSTILE.values()))} #{number}"
            await http.post("/graphql", json={"query": query})


async def large_answers(address: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
        for _ in range(20):
            await http.post("/graphql", json={"query": "{ items(first: 99) { items(first: 99) { id } } }"})


async def deep_json(address: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
        for _ in range(50):
            await http.post(
                "/graphql", content=b'{"query":' + b"[" * 500_000, headers={"content-type": "application/json"}
            )


async def forms(address: str) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}") as http:
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


async def attack(address: str) -> None:
    async def client(number: int) -> None:
        while True:
            with suppress(httpx.HTTPError, OSError, websockets.WebSocketException, TimeoutError):
                await ATTACKS[number % len(ATTACKS)](address)

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))


async def milliseconds(address: str) -> float:
    """The median of somebody's requests, one after the other."""
    taken = []
    async with httpx.AsyncClient(
        base_url=f"http://{address}", headers={"authorization": "somebody"}, timeout=60
    ) as http:
        for _ in range(REQUESTS):
            started = time.perf_counter()
            assert (await http.post("/graphql", json={"query": "{ __typename }"})).json()["data"]
            taken.append(time.perf_counter() - started)
            await asyncio.sleep(0.01)
    return median(taken) * 1000


def main() -> None:
    """Against the toy, or against the server at `host:port` given as an argument."""
    started: list[subprocess.Popen[str]] = []
    if len(sys.argv) > 1:
        address = sys.argv[1]
    else:
        server = subprocess.Popen([sys.executable, "-m", "tests.conformance.server"], stdin=-1, stdout=-1, text=True)
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        started.append(server)
    alone = asyncio.run(milliseconds(address))
    attack_command = [sys.executable, "-m", "tests.transport.hostile", address, "attack"]
    started.append(subprocess.Popen(attack_command, text=True))
    time.sleep(SETTLING)
    under_attack = asyncio.run(milliseconds(address))
    for process in reversed(started):
        process.kill()
        process.wait()
    sys.stdout.write(f"alone {alone:.2f} ms, beside {CLIENTS} hostile clients {under_attack:.2f} ms: ")
    sys.stdout.write(f"{under_attack / alone:.2f} ×\n")


if __name__ == "__main__":
    if "attack" in sys.argv:
        asyncio.run(attack(sys.argv[1]))
    else:
        main()
