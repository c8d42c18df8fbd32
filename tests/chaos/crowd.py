"""Very many live streams on one process: what each costs, and how much later a token comes than its vendor said it."""

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil

from persistence.embedded.server import start
from tests.api.client import People, Person, http_client
from tests.api.test_chat import WATCH, say
from tests.chaos.verdicts import Verdict
from tests.chaos.watchers import Lateness
from tests.chaos.watching import SETTLE_S, Opening, Streamed, all_begun, leave, streamed
from tests.processes import ServerProcess, fleet

STREAMS_OF_ONE = 20
GAP_S = 0.05
GOAL_MS, GOAL_KB, GOAL_IDLE_KB = 250, 80, 45
SIZES, IDLE = (100, 300, 1000), 1000
PATIENCE_S = 120.0
TICKING = {"openai_model": "ticking", "provider_concurrency": "2000", "log_level": "WARNING"}


async def crowd() -> AsyncGenerator[Verdict, None]:
    yield await _alone(_idle, IDLE)
    for size in SIZES:
        yield await _alone(_live, size)


async def _alone(measured: Callable[[ServerProcess, People, Process, int], Awaitable[Verdict]], size: int) -> Verdict:
    """On a server of its own, at whose port nothing happened before."""
    with tempfile.TemporaryDirectory(prefix="wellmate-chaos-") as name:
        folder = Path(name)
        with start(folder / "postgres", durable=False) as postgres:
            async with ticking() as (vendor, base_url):
                address = postgres.dsn().replace("+asyncpg", "")
                async with fleet(folder, database_url=address, openai_base_url=base_url, **TICKING) as running:
                    server = await running.start()
                    async with http_client(server.port) as http:
                        http.timeout = httpx.Timeout(PATIENCE_S)
                        return await measured(server, People(server.port, http), vendor, size)


@asynccontextmanager
async def ticking() -> AsyncIterator[tuple[Process, str]]:
    """Its process, and the address that an admin would paste."""
    command = (sys.executable, "-m", "tests.chaos.ticking")
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    yield process, f"http://127.0.0.1:{int(await process.stdout.readline())}/v1"
    process.kill()
    await process.wait()


async def _live(server: ServerProcess, people: People, vendor: Process, size: int) -> Verdict:
    opening = await of_replies(people, size)
    process = psutil.Process(server.pid)
    found = await streamed(process, vendor, GAP_S, lambda lateness: all_begun(server.port, size, lateness, opening))
    return _verdict(size, found)


async def _idle(server: ServerProcess, people: People, _vendor: Process, size: int) -> Verdict:
    persons = await _enough(people, size)

    async def opening(number: int) -> Opening:
        return persons[number % len(persons)].token or "", {"query": "subscription { userEvents { __typename } }"}

    for watcher in await all_begun(server.port, len(persons), Lateness(), opening):
        watcher.close()  # what is made once for all is there by now
    process, lateness = psutil.Process(server.pid), Lateness()
    before = process.memory_info().rss
    watchers = await all_begun(server.port, size, lateness, opening)
    await asyncio.sleep(SETTLE_S)
    kb = (process.memory_info().rss - before) / 1024 / len(watchers)
    closed = leave(watchers, lateness)
    line = f"{len(watchers)} of {size} began; {kb:.0f} kB a subscription (goal {GOAL_IDLE_KB})"
    return Verdict(f"{size} idle subscriptions", line, [f"{closed} sockets were closed"] if closed else [])


async def of_replies(people: People, streams: int) -> Callable[[int], Awaitable[Opening]]:
    """Each watches the reply to a question of its own."""
    persons = await _enough(people, streams)

    async def opening(number: int) -> Opening:
        person = persons[number % len(persons)]
        return person.token or "", {"query": WATCH, "variables": {"id": (await say(person, "请说"))["reply"]["id"]}}

    return opening


async def _enough(people: People, streams: int) -> list[Person]:
    return [await people.patient() for _ in range(-(-streams // STREAMS_OF_ONE))]


def _verdict(size: int, found: Streamed) -> Verdict:
    p50, p99 = found.late_ms
    line = (
        f"{found.begun} began; {found.tokens:.1f} tokens/s each, {found.merged:.1f} an event; added p50 {p50:.0f} ms,"
        f" p99 {p99:.0f} ms (goal {GOAL_MS}); {found.grown_kb:.0f} kB a stream (goal {GOAL_KB});"
        f" {found.cpu:.0%} of a core"
    )
    line += "" if p99 <= GOAL_MS and found.grown_kb <= GOAL_KB else "; GOAL MISSED"
    wrong = [f"{found.closed} sockets were closed"] if found.closed else []
    return Verdict(f"{size} live streams", line, wrong)
