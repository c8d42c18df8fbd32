"""What everything stands on goes away in the middle of replies, and comes back."""

import asyncio
import random
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable

from redis.asyncio import Redis

from tests.chaos.reciter import Reciter
from tests.chaos.storm import talk, unexplained
from tests.chaos.town import Town, own_town, started
from tests.chaos.verdicts import Verdict, counted, wrongs
from tests.waiting import until

REPLIES = 40
WITHIN_S = 90.0
PATIENCE = 40.0


async def flush(town: Town) -> None:
    async with Redis.from_url(town.redis.url) as redis:
        await redis.flushall()


DISASTERS: dict[str, Callable[[Town], Awaitable[None]]] = {
    "Redis flushed": flush,
    "Redis restarted, empty": Town.restart_redis,
    "PostgreSQL restarted": lambda town: town.crash_postgres(signal.SIGINT),
    "PostgreSQL killed": lambda town: town.crash_postgres(signal.SIGKILL),
}


async def outages() -> AsyncGenerator[Verdict, None]:
    """Replies take about 6 s; the disaster comes when all have begun."""
    with Reciter(sentences=15, tokens_per_s=8) as vendor:
        async with own_town(vendor) as town:
            await started(town.fleet, "serve", "serve", "worker")
            for name in DISASTERS:
                yield await _outage(name, town, vendor)


async def _outage(name: str, town: Town, vendor: Reciter) -> Verdict:
    phones = await town.people(random.Random(name), PATIENCE)
    town.entrances.refusals.clear()
    before = len(vendor.sent)
    talking = asyncio.create_task(talk(phones, name, REPLIES, REPLIES, WITHIN_S))
    await until(lambda: len(vendor.sent) - before >= REPLIES, within=30)
    await DISASTERS[name](town)
    heard = await talking
    wrong = wrongs(heard, vendor) + await unexplained(town.dsn, heard)
    return Verdict(name, counted(heard, town.entrances.refusals), wrong)
