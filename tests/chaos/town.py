"""Everything that a hospital runs, as real processes: PostgreSQL, Redis, several of `server.py`, and a way between."""

import asyncio
import os
import random
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from persistence.embedded.server import EmbeddedServer, start
from tests.chaos.phones import Entrances, Phone
from tests.processes import Fleet, fleet
from tests.redis import RedisServer, redis_in
from tests.redis_proxy import LossyWay
from tests.standins.fastgpt import FastGPT
from tests.waiting import until

PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Town:
    """`dsn` as libpq takes it; `postgres` only where the town has a server of its own."""

    dsn: str
    redis: RedisServer
    way: LossyWay
    fleet: Fleet
    entrances: Entrances
    postgres: EmbeddedServer | None = None

    async def people(self, rng: random.Random, patience: float) -> list[Phone]:
        return [await Phone.registered(self.entrances, rng.random(), patience) for _ in range(PEOPLE)]

    async def crash_postgres(self, number: signal.Signals) -> None:
        """Whoever watches over the server starts it again; returns when another one stands there."""
        before = self._postmaster()
        assert before is not None
        os.kill(before, number)
        await until(lambda: self._postmaster() not in (before, None), within=30)

    def _postmaster(self) -> int | None:
        assert self.postgres is not None
        try:
            return int((self.postgres.cluster.data / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return None

    async def restart_redis(self) -> None:
        """It comes back with nothing."""
        self.redis.kill()
        await asyncio.sleep(1)
        await asyncio.to_thread(self.redis.start)


@asynccontextmanager
async def town(folder: Path, dsn: str, vendor: FastGPT, *, lost: float = 0.0, **settings: str) -> AsyncIterator[Town]:
    """`lost` of all that Redis pushes does not arrive. Nothing of ours runs yet."""
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(redis_in(folder))
        way = LossyWay(redis.port, lost)
        given = {
            "database_url": dsn.replace("+asyncpg", ""),
            "redis_url": await stack.enter_async_context(way.listening()),
            "fastgpt_base_url": vendor.base_url,
            "fastgpt_api_key": vendor.key,
            "provider_concurrency": "1000",
            "log_level": "WARNING",
        }
        running = await stack.enter_async_context(fleet(folder, **given | settings))
        entrances = Entrances(running)
        stack.push_async_callback(entrances.close)
        yield Town(given["database_url"], redis, way, running, entrances)


@asynccontextmanager
async def own_town(vendor: FastGPT, *, lost: float = 0.0, **settings: str) -> AsyncIterator[Town]:
    """With a PostgreSQL that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="wellmate-chaos-") as name:
        folder = Path(name)
        with await asyncio.to_thread(start, folder / "postgres") as postgres:
            async with town(folder, postgres.dsn(), vendor, lost=lost, **settings) as built:
                yield replace(built, postgres=postgres)


async def started(fleet: Fleet, *commands: str) -> None:
    await asyncio.gather(*(fleet.start(command) for command in commands))
