"""Very many live streams on one process: what each costs, and how much later a token comes than its vendor said it."""

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

import httpx
import psutil

from persistence.embedded import start
from tests.api.client import Json, People, Person, http_client
from tests.api.test_chat import WATCH, say
from tests.chaos.ticking import TICK_S
from tests.chaos.verdicts import Verdict
from tests.chaos.watchers import Lateness, Watcher
from tests.processes import ServerProcess, fleet

STREAMS_OF_ONE = 20
AT_ONCE = 16
SETTLE_S, MEASURE_S = 4.0, 10.0
GOAL_MS, GOAL_KB, GOAL_IDLE_KB = 250, 80, 45
SIZES, IDLE = (100, 300, 1000), 1000
PATIENCE_S = 120.0


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
                settings = {
                    "database_url": postgres.dsn().replace("+asyncpg", ""),
                    "openai_base_url": base_url,
                    "openai_model": "ticking",
                    "provider_concurrency": "2000",
                    "log_level": "WARNING",
                }
                async with fleet(folder, **settings) as running:
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
    lateness = Lateness()
    persons = await _enough(people, size)
    process = psutil.Process(server.pid)
    before = process.memory_info().rss
    watchers = await _all_begun(server, persons, size, lateness, _of_reply)
    assert vendor.stdin is not None
    vendor.stdin.write(b"go\n")
    await asyncio.sleep(SETTLE_S)
    busy, lateness.measuring = process.cpu_times(), True
    await asyncio.sleep(MEASURE_S)
    lateness.measuring, done = False, process.cpu_times()
    grown = process.memory_info().rss - before
    closed = _leave(watchers, lateness)
    cpu = (done.user + done.system - busy.user - busy.system) / MEASURE_S
    return _verdict(size, len(watchers), lateness, closed, grown / 1024 / len(watchers), cpu)


async def _idle(server: ServerProcess, people: People, _vendor: Process, size: int) -> Verdict:
    lateness = Lateness()
    persons = await _enough(people, size)
    for watcher in await _all_begun(server, persons, len(persons), lateness, _of_events):
        watcher.close()  # what is made once for all is there by now
    process = psutil.Process(server.pid)
    before = process.memory_info().rss
    lateness = Lateness()
    watchers = await _all_begun(server, persons, size, lateness, _of_events)
    await asyncio.sleep(SETTLE_S)
    kb = (process.memory_info().rss - before) / 1024 / len(watchers)
    closed = _leave(watchers, lateness)
    line = f"{len(watchers)} of {size} began; {kb:.0f} kB a subscription (goal {GOAL_IDLE_KB})"
    return Verdict(f"{size} idle subscriptions", line, [f"{closed} sockets were closed"] if closed else [])


async def _enough(people: People, streams: int) -> list[Person]:
    return [await people.patient() for _ in range(-(-streams // STREAMS_OF_ONE))]


def _leave(watchers: list[Watcher], lateness: Lateness) -> int:
    """How many were closed before."""
    closed = lateness.closed
    for watcher in watchers:
        watcher.close()
    return closed


async def _of_reply(person: Person) -> Json:
    return {"query": WATCH, "variables": {"id": (await say(person, "请说"))["reply"]["id"]}}


async def _of_events(_: Person) -> Json:
    return {"query": "subscription { userEvents { __typename } }"}


async def _all_begun(
    server: ServerProcess,
    persons: list[Person],
    size: int,
    lateness: Lateness,
    subscription: Callable[[Person], Awaitable[Json]],
) -> list[Watcher]:
    """As many as the server lets in."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Watcher | None:
        person = persons[number % len(persons)]
        async with places:
            try:
                wanted = await subscription(person)
                _, watcher = await asyncio.get_running_loop().create_connection(
                    lambda: Watcher(person.token or "", wanted, lateness), "127.0.0.1", server.port
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
