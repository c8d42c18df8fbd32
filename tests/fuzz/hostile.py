"""What 20 hostile clients do to somebody else: `python -m tests.fuzz.hostile` prints medians of the real server.

As in production, where new documents have a budget. The clients run at the lowest priority: their machine is another.
"""

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from statistics import median
from time import perf_counter
from typing import NamedTuple

import httpx
import websockets

from persistence.embedded.server import start
from tests.api.client import People, Person, http_client, new_key
from tests.api.test_operations import DOCUMENTS, name_of
from tests.fuzz.people import SAY
from tests.processes import fleet
from tests.test_installation import STRONG
from tests.transport.hostile import ATTACKS

CLIENTS = 20
ROUNDS = 6
REQUESTS = 60
PAUSE_S = 0.01
SETTLING_S = 12.0
TURNING_S = 1.5
WITHIN = 2.0
BY_NAME = {name_of(text): text for text in DOCUMENTS.values()}
READ = "{ me { id sessions(first: 5) { nodes { id title messages(last: 5) { nodes { id content } } } } } }"
WRONG = 'mutation { login(username: "somebody", password: "wrong password") { accessToken } }'


class Medians(NamedTuple):
    """Milliseconds."""

    alone: float
    beside: float

    @property
    def times(self) -> float:
        return self.beside / self.alone


async def dear_reads(person: Person) -> None:
    await person.send(BY_NAME["Sessions"], first=100)


async def writes(person: Person) -> None:
    await person.send(SAY, i={"text": "x" * 2000, "clientKey": new_key()})


async def wrong_passwords(person: Person) -> None:
    await person.send(WRONG)


SIGNED_IN = (dear_reads, writes, wrong_passwords)


async def attack(port: int) -> None:
    """For ever, in a process of its own: strangers, and some with an account."""

    async def stranger(number: int) -> None:
        while True:
            with suppress(httpx.HTTPError, OSError, websockets.WebSocketException, TimeoutError):
                await ATTACKS[number % len(ATTACKS)](f"127.0.0.1:{port}")

    async def member(number: int, http: httpx.AsyncClient) -> None:
        person = await People(port, http).patient()
        while True:
            with suppress(httpx.HTTPError):
                await SIGNED_IN[number % len(SIGNED_IN)](person)

    members = CLIENTS // 4
    async with http_client(port) as http:
        strangers = (stranger(number) for number in range(CLIENTS - members))
        await asyncio.gather(*strangers, *(member(number, http) for number in range(members)))


@asynccontextmanager
async def attackers(port: int) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.fuzz.hostile", str(port))
    try:
        await asyncio.sleep(SETTLING_S)
        yield process
        assert process.returncode is None
    finally:
        process.kill()
        await process.wait()


async def timed(person: Person) -> list[float]:
    """Milliseconds that one person's reads take, one after the other."""
    taken = []
    for _ in range(REQUESTS):
        started = perf_counter()
        await person.ask(READ)
        taken.append((perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE_S)
    return taken


async def measure(folder: Path, database_url: str) -> Medians:
    """Alone and beside them in turns, with the clients frozen meanwhile: what else the machine does hits both alike."""
    secrets = {"jwt_secret": STRONG, "data_keys": STRONG}
    alone: list[float] = []
    beside: list[float] = []
    async with fleet(folder, env="production", database_url=database_url, **secrets) as running:
        server = await running.start()
        async with http_client(server.port) as http, attackers(server.port) as clients:
            person = await People(server.port, http).patient()
            for _ in range(5):
                await person.ask(SAY, i={"text": "你好", "clientKey": new_key()})
            for _ in range(ROUNDS):
                for signal, taken in ((SIGSTOP, alone), (SIGCONT, beside)):
                    clients.send_signal(signal)
                    await asyncio.sleep(TURNING_S)
                    taken.extend(await timed(person))
        assert server.is_alive
    return Medians(median(alone), median(beside))


def main() -> int:
    if len(sys.argv) > 1:
        os.nice(19)
        asyncio.run(attack(int(sys.argv[1])))
        return 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, start(Path(folder, "postgres")) as postgres:
        found = asyncio.run(measure(Path(folder), postgres.dsn()))
    sys.stdout.write(f"alone {found.alone:.2f} ms, beside {CLIENTS} hostile clients {found.beside:.2f} ms: ")
    sys.stdout.write(f"{found.times:.2f} ×\n")
    return 0 if found.times <= WITHIN else 1


if __name__ == "__main__":
    sys.exit(main())
