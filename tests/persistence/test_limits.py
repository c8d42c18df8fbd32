"""Rate limits, in memory and in Redis."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from domain.errors import RateLimited
from domain.limits import Allowance
from persistence import limits
from persistence.limits import RateLimits
from persistence.redis.limits import RedisCounters
from tests.clock import MovedClock
from tests.redis import free_port, running_redis

THREE = Allowance("three", 3, 60)


@asynccontextmanager
async def counting(redis_url: str | None = None) -> AsyncIterator[RateLimits]:
    async with AsyncExitStack() as stack:
        shared = RedisCounters(redis_url) if redis_url is not None else None
        if shared is not None:
            stack.push_async_callback(shared.close)
        yield RateLimits(shared)


@pytest.fixture(params=["memory", "redis"])
async def rate_limits(request: pytest.FixtureRequest) -> AsyncIterator[RateLimits]:
    async with counting(request.getfixturevalue("redis_server") if request.param == "redis" else None) as rate_limits:
        yield rate_limits


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex


async def outcomes(rate_limits: RateLimits, allowance: Allowance, *keys: str, times: int) -> list[int | None]:
    """None for a use that was allowed, else the milliseconds to wait."""
    found: list[int | None] = []
    for _ in range(times):
        try:
            await rate_limits.take(allowance, *keys)
            found.append(None)
        except RateLimited as refusal:
            found.append(refusal.retry_after_ms)
    return found


async def test_refuse_what_is_beyond_and_say_how_long(rate_limits: RateLimits, key: str) -> None:
    found = await outcomes(rate_limits, THREE, key, times=5)
    assert found[:3] == [None] * 3
    for wait in found[3:]:
        assert wait is not None
        assert 50_000 < wait <= 60_000


async def test_count_each_key_and_name_apart(rate_limits: RateLimits, key: str) -> None:
    await outcomes(rate_limits, THREE, key, times=3)
    await rate_limits.take(THREE, key, "more")
    await rate_limits.take(THREE, "another" + key)
    await rate_limits.take(Allowance("three others", 3, 60), key)
    with pytest.raises(RateLimited):
        await rate_limits.take(THREE, key)


async def test_checking_counts_nothing(rate_limits: RateLimits, key: str) -> None:
    for _ in range(10):
        await rate_limits.check(THREE, key)
    await outcomes(rate_limits, THREE, key, times=3)
    with pytest.raises(RateLimited):
        await rate_limits.check(THREE, key)


async def test_allow_exactly_so_many_at_once(rate_limits: RateLimits, key: str) -> None:
    tries = [rate_limits.take(THREE, key) for _ in range(50)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in found) == ["NoneType"] * 3 + ["RateLimited"] * 47


async def test_a_dear_use_counts_for_more(rate_limits: RateLimits, key: str) -> None:
    await rate_limits.take(THREE, key, cost=2)
    with pytest.raises(RateLimited):
        await rate_limits.take(THREE, key, cost=2)


async def test_begin_again_after_their_time(rate_limits: RateLimits, key: str) -> None:
    brief = Allowance("brief", 1, 1)
    await rate_limits.take(brief, key)
    with pytest.raises(RateLimited) as caught:
        await rate_limits.take(brief, key)
    await asyncio.sleep((caught.value.retry_after_ms or 0) / 1000 + 0.05)
    await rate_limits.take(brief, key)


async def test_are_shared_by_processes_through_redis(redis_server: str, key: str) -> None:
    async with counting(redis_server) as here, counting(redis_server) as there:
        assert await outcomes(here, THREE, key, times=2) == [None, None]
        assert await outcomes(there, THREE, key, times=1) == [None]
        for process in (here, there):
            with pytest.raises(RateLimited):
                await process.check(THREE, key)


async def test_go_on_in_memory_while_redis_is_away(tmp_path: Path, key: str) -> None:
    with running_redis(tmp_path) as url:
        shared = RedisCounters(url)
        rate_limits = RateLimits(shared)
        await rate_limits.take(THREE, key)
    found = await outcomes(rate_limits, THREE, key, times=4)
    assert [wait is None for wait in found] == [True, True, True, False]
    await shared.close()


async def test_start_without_redis(key: str) -> None:
    async with counting(f"redis://127.0.0.1:{free_port()}") as rate_limits:
        found = await outcomes(rate_limits, THREE, key, times=4)
    assert [wait is None for wait in found] == [True, True, True, False]


async def test_memory_holds_only_what_still_counts() -> None:
    clock = MovedClock()
    memory = limits.SweptMemory(lambda: clock().timestamp())
    for number in range(1_000):
        await memory.incr(str(number), 60)
    clock.forward(seconds=61)
    assert await memory.incr("new", 60) == 1
    assert len(memory.storage) == len(memory.expirations) == 1


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 100)
    memory = limits.SweptMemory(lambda: 1_000.0)
    for number in range(1_000):
        await memory.incr(str(number), 60)
    assert len(memory.storage) <= 101
