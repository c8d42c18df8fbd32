"""Rate limits counted in Redis, for all processes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import BlockingConnectionPool

from domain.limits import Allowance
from persistence.limits import Counters, Uncounted
from persistence.redis.client import AWAY

PATIENCE_S = 0.5


class RedisCounters:
    """Implements `persistence.limits.SharedCounters`."""

    def __init__(self, url: str) -> None:
        patience = {"timeout": PATIENCE_S, "socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
        self._pool = BlockingConnectionPool.from_url(url, max_connections=20, **patience)
        options: dict[str, Any] = {"connection_pool": self._pool}
        storage = RedisStorage("async+redis://", implementation="redispy", key_prefix="wellmate-limit", **options)
        self._counters = Counters(FixedWindowRateLimiter(storage), time.time)

    async def close(self) -> None:
        await self._pool.aclose()

    async def take(self, allowance: Allowance, keys: tuple[str, ...], cost: int) -> None:
        with _translated():
            await self._counters.take(allowance, keys, cost)

    async def check(self, allowance: Allowance, keys: tuple[str, ...]) -> None:
        with _translated():
            await self._counters.check(allowance, keys)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except AWAY as error:
        raise Uncounted(type(error).__name__) from error
