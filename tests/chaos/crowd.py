"""Very many live streams on one process: what each costs, and how much later a token comes than its vendor said it."""

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

import httpx
import psutil

from persistence.embedded import start
from tests.api.client import People, Person, http_client
from tests.api.test_chat import say
from tests.chaos.ticking import TICK_S
from tests.chaos.verdicts import Verdict
from tests.chaos.watchers import Lateness, Watcher
from tests.processes import Fleet, ServerProcess, fleet

STREAMS_OF_ONE = 20
AT_ONCE = 16
SETTLE_S, MEASURE_S = 4.0, 10.0
GOAL_MS, GOAL_KB = 250, 80
SIZES = (100, 300, 1000)
PATIENCE_S = 120.0


async def crowd() -> AsyncGenerator[Verdict, None]:
    for size in SIZES:
        yield await _crowd(size)


async def _crowd(size: int) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="wellmate-chaos-") as name:
        folder = Path(name)
        with start(folder / "postgres", durable=False) as postgres:
            async with ticking() as (vendor, base_url):
                settings = {
                    "database_url": postgres.dsn().replace("+asyncpg", ""),
                    "openai_base_url": base_url,
                    "openai_model": "ticking",
                    "provider_concurrency": "2000",
                    "log_level": "WARNING",
                }
                async with fleet(folder, **settings) as running:
                    return await _measured(running, vendor, size)


@asynccontextmanager
async def ticking() -> AsyncIterator[tuple[Process, str]]:
    """Its process, and the address that an admin would paste."""
    command = (sys.executable, "-m", "tests.chaos.ticking")
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    yield process, f"http://127.0.0.1:{int(await process.stdout.readline())}/v1"
    process.kill()
    await process.wait()


async def _measured(running: Fleet, vendor: Process, size: int) -> Verdict:
    server = await running.start()
    lateness = Lateness()
    async with http_client(server.port) as http:
        http.timeout = httpx.Timeout(PATIENCE_S)
        people = People(server.port, http)
        persons = [await people.patient() for _ in range(-(-size // STREAMS_OF_ONE))]
        process = psutil.Process(server.pid)
        before = process.memory_info().rss
        watchers = await _all_watching(server, persons, size, lateness)
        assert vendor.stdin is not None
        vendor.stdin.write(b"go\n")
        await asyncio.sleep(SETTLE_S)
        busy, lateness.measuring = process.cpu_times(), True
        await asyncio.sleep(MEASURE_S)
        lateness.measuring, done = False, process.cpu_times()
        grown = process.memory_info().rss - before
        closed = lateness.closed
        for watcher in watchers:
            watcher.close()
    cpu = (done.user + done.system - busy.user - busy.system) / MEASURE_S
    return _verdict(size, len(watchers), lateness, closed, grown / 1024 / len(watchers), cpu)


async def _all_watching(server: ServerProcess, persons: list[Person], size: int, lateness: Lateness) -> list[Watcher]:
    """As many as the server lets in."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Watcher | None:
        person = persons[number % len(persons)]
        async with places:
            try:
                reply = (await say(person, "请说"))["reply"]["id"]
                _, watcher = await asyncio.get_running_loop().create_connection(
                    lambda: Watcher(person.token or "", reply, lateness), "127.0.0.1", server.port
                )
                await watcher.begun
            except (AssertionError, httpx.HTTPError, OSError):
                return None
            return watcher

    return [watcher for watcher in await asyncio.gather(*(one(number) for number in range(size))) if watcher]


def _verdict(size: int, begun: int, lateness: Lateness, closed: int, kb: float, cpu: float) -> Verdict:
    late_ms = sorted(ticks * TICK_S * 1000 for ticks in lateness.late)
    cuts = quantiles(late_ms, n=100)
    reached = len(late_ms) / MEASURE_S / begun
    merged = len(late_ms) / lateness.frames
    line = (
        f"{begun} began; {reached:.1f} tokens/s each, {merged:.1f} an event; added p50 {cuts[49]:.0f} ms,"
        f" p99 {cuts[98]:.0f} ms (goal {GOAL_MS}); {kb:.0f} kB a stream (goal {GOAL_KB}); {cpu:.0%} of a core"
    )
    line += "" if cuts[98] <= GOAL_MS and kb <= GOAL_KB else "; GOAL MISSED"
    wrong = [f"{closed} sockets were closed"] if closed else []
    return Verdict(f"{size} live streams", line, wrong)
