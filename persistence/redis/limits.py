"""Rate limits counted in Redis, for all processes."""

import time
from typing import Any

from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import RedisError

from domain.limits import Allowance
from persistence.limits import Counters, Uncounted

PATIENCE_S = 0.5
AWAY = (RedisError, OSError)


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
        try:
            await self._counters.take(allowance, keys, cost)
        except AWAY as error:
            raise Uncounted(type(error).__name__) from error

    async def check(self, allowance: Allowance, keys: tuple[str, ...]) -> None:
        try:
            await self._counters.check(allowance, keys)
        except AWAY as error:
            raise Uncounted(type(error).__name__) from error
