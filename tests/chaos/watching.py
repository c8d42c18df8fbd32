"""Very many subscriptions at once, and what they cost the server: the same for ours and for a peer."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import quantiles

import httpx
import psutil

from tests.api.client import Json
from tests.chaos.ticking import TICK_S
from tests.chaos.watchers import Lateness, Watcher

AT_ONCE = 16
SETTLE_S, MEASURE_S = 4.0, 10.0
Opening = tuple[str, Json]
"""The token of whoever watches, empty for nobody, and what is subscribed to."""


@dataclass(frozen=True, slots=True)
class Streamed:
    """What `begun` streams took: kB each, CPU in seconds a second, how late each token was."""

    begun: int
    closed: int
    lateness: Lateness
    grown_kb: float
    cpu: float

    @property
    def tokens(self) -> float:
        """A second, of each stream."""
        return len(self.lateness.late) / MEASURE_S / self.begun

    @property
    def merged(self) -> float:
        """Tokens an event."""
        return len(self.lateness.late) / self.lateness.frames

    @property
    def cpu_us(self) -> float:
        """Of the server, a token."""
        return self.cpu * MEASURE_S * 1e6 / len(self.lateness.late)

    @property
    def late_ms(self) -> tuple[float, float]:
        """Added p50 and p99."""
        cuts = quantiles(self.lateness.late, n=100)
        return cuts[49] * TICK_S * 1000, cuts[98] * TICK_S * 1000


async def streamed(
    server: psutil.Process, vendor: Process, gap_s: float, begun: Callable[[Lateness], Awaitable[list[Watcher]]]
) -> Streamed:
    """Slow while they begin; measured with a token of each every `gap_s`."""
    lateness, before = Lateness(), server.memory_info().rss
    watchers = await begun(lateness)
    assert vendor.stdin is not None
    vendor.stdin.write(b"%f\n" % gap_s)
    await asyncio.sleep(SETTLE_S)
    busy, lateness.measuring = server.cpu_times(), True
    await asyncio.sleep(MEASURE_S)
    lateness.measuring, done = False, server.cpu_times()
    grown_kb = (server.memory_info().rss - before) / 1024 / len(watchers)
    cpu = (done.user + done.system - busy.user - busy.system) / MEASURE_S
    return Streamed(len(watchers), leave(watchers, lateness), lateness, grown_kb, cpu)


async def all_begun(
    port: int, size: int, lateness: Lateness, opening: Callable[[int], Awaitable[Opening]]
) -> list[Watcher]:
    """As many as the server lets in."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Watcher | None:
        async with places:
            try:
                token, wanted = await opening(number)
                _, watcher = await asyncio.get_running_loop().create_connection(
                    lambda: Watcher(token, wanted, lateness), "127.0.0.1", port
                )
                await watcher.begun
            except (AssertionError, httpx.HTTPError, OSError):
                return None
            return watcher

    return [watcher for watcher in await asyncio.gather(*(one(number) for number in range(size))) if watcher]


def leave(watchers: list[Watcher], lateness: Lateness) -> int:
    """How many were closed before."""
    closed = lateness.closed
    for watcher in watchers:
        watcher.close()
    return closed
