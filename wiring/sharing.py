"""What the processes of one installation share by Redis."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from persistence.redis.client import open_redis
from persistence.redis.feeds import RedisFeed
from persistence.redis.histories import RedisHistories
from persistence.redis.limits import RedisCounters
from persistence.redis.writings import RedisWritings


@dataclass(frozen=True, slots=True)
class Shared:
    redis: Redis
    feed: RedisFeed
    counters: RedisCounters
    writings: RedisWritings
    histories: RedisHistories | None

    async def ping(self) -> None:
        await self.redis.ping()


@asynccontextmanager
async def sharing(url: str, history_s: int) -> AsyncIterator[Shared]:
    """`history_s`: how long conversations are kept there, 0 for not at all."""
    async with AsyncExitStack() as stack:
        redis = open_redis(url)
        stack.push_async_callback(redis.aclose)
        feed, counters = RedisFeed(redis), RedisCounters(url)
        stack.push_async_callback(counters.close)
        await stack.enter_async_context(feed.running())
        histories = RedisHistories(redis, history_s) if history_s else None
        yield Shared(redis, feed, counters, RedisWritings(redis), histories)
