"""Rate limits by the `limits` library: counted for all processes where they share something, else in memory."""

import logging
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Protocol

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from domain.clock import Clock, utc_now
from domain.errors import RateLimited
from domain.limits import Allowance

SWEEP_SECONDS = 30
MOST_KEYS = 200_000
PAUSE_S = 5
log = logging.getLogger(__name__)


class SweptMemory(MemoryStorage):
    """The library's looks at every key after each hit, 1.6 ms at 20,000 keys: this one does so now and then."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._next_sweep = now() + SWEEP_SECONDS

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        return self.count(key, expiry, amount)

    def count(self, key: str, expiry: float, amount: int) -> int:
        """`incr` without what the library wraps around it."""
        now = self._now()
        if now >= self._next_sweep or len(self.expirations) > MOST_KEYS:
            self._sweep(now)
        if self.expirations.get(key, 0) <= now:
            self.storage[key] = 0
            self.expirations[key] = now + expiry
        self.storage[key] += amount
        return int(self.storage[key])

    async def get(self, key: str) -> int:
        return int(self.storage[key]) if self.expirations.get(key, 0) > self._now() else 0

    async def get_expiry(self, key: str) -> float:
        return self.expirations.get(key, self._now())

    def _sweep(self, now: float) -> None:
        self._next_sweep = now + SWEEP_SECONDS
        for key in [key for key, end in self.expirations.items() if end <= now]:
            del self.storage[key], self.expirations[key]
        if len(self.expirations) > MOST_KEYS:
            log.warning("more than %d rate limits are counted: starting afresh", MOST_KEYS)
            self.storage.clear()
            self.expirations.clear()


@dataclass(frozen=True, slots=True)
class Counters:
    """One place where uses are counted, and the time there in seconds since 1970."""

    limiter: FixedWindowRateLimiter
    now: Callable[[], float]

    async def take(self, allowance: Allowance, keys: tuple[str, ...], cost: int) -> None:
        item = _item(allowance)
        if not await self.limiter.hit(item, *keys, cost=cost):
            raise await self.refusal(item, keys)

    async def check(self, allowance: Allowance, keys: tuple[str, ...]) -> None:
        item = _item(allowance)
        if not await self.limiter.test(item, *keys):
            raise await self.refusal(item, keys)

    async def refusal(self, item: RateLimitItemPerSecond, keys: tuple[str, ...]) -> RateLimited:
        window = await self.limiter.get_window_stats(item, *keys)
        left = min(max(window.reset_time - self.now(), 0.001), item.get_expiry())
        return RateLimited(math.ceil(left * 1000))


@dataclass(frozen=True, slots=True)
class LocalCounters(Counters):
    """In memory there is nothing to wait for. Every operation comes here, so none of the library's ways round."""

    memory: SweptMemory

    async def take(self, allowance: Allowance, keys: tuple[str, ...], cost: int) -> None:
        if self.memory.count(_key(allowance, keys), allowance.seconds, cost) > allowance.times:
            raise await self.refusal(_item(allowance), keys)


class Uncounted(Exception):
    """Whatever is shared cannot be reached."""


class SharedCounters(Protocol):
    """Counters of all processes. Each raises Uncounted."""

    async def take(self, allowance: Allowance, keys: tuple[str, ...], cost: int) -> None: ...
    async def check(self, allowance: Allowance, keys: tuple[str, ...]) -> None: ...


class RateLimits:
    """Without `shared` counters, and while they are away, each process counts for itself."""

    def __init__(self, shared: SharedCounters | None = None, clock: Clock = utc_now) -> None:
        def now() -> float:
            return clock().timestamp()

        memory = SweptMemory(now)
        self._local = LocalCounters(FixedWindowRateLimiter(memory), now, memory)
        self._shared = shared
        self._shared_from = 0.0

    async def take(self, allowance: Allowance, *keys: str, cost: int = 1) -> None:
        if self._shared is None:
            await self._local.take(allowance, keys, cost)
        else:
            await self._count(lambda counters: counters.take(allowance, keys, cost))

    async def check(self, allowance: Allowance, *keys: str) -> None:
        await self._count(lambda counters: counters.check(allowance, keys))

    async def _count(self, count: Callable[[SharedCounters], Awaitable[None]]) -> None:
        if self._shared is not None and time.monotonic() >= self._shared_from:
            try:
                return await count(self._shared)
            except Uncounted as error:
                self._shared_from = time.monotonic() + PAUSE_S
                log.warning("rate limits without Redis for %d s: %s", PAUSE_S, error)
        return await count(self._local)


@lru_cache(maxsize=5_000)
def _key(allowance: Allowance, keys: tuple[str, ...]) -> str:
    return _item(allowance).key_for(*keys)


@cache
def _item(allowance: Allowance) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(allowance.times, allowance.seconds, allowance.name)
