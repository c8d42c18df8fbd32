"""The feed of growing replies, in memory and through Redis: …"""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from domain.assistant.cursors import Cursor
from domain.assistant.ports import Feed, Growth
from domain.chat.models import MessageKey
from persistence import tails
from persistence.redis.client import open_redis
from persistence.redis.feeds import RedisFeed
from persistence.redis.outbox import channel_of
from persistence.tails import LocalFeed
from tests.redis import RedisServer, redis_in
from tests.redis_proxy import LossyWay

LETTERS = "你好，头疼怎么办？abc 123\n😀👨‍👩‍👧é"
PATIENCE_S = 0.3


@dataclass(frozen=True)
class Feeds:
    """Of the process that generates, and of another one that watches."""

    here: Feed
    there: Feed


@asynccontextmanager
async def redis_feed(url: str) -> AsyncIterator[RedisFeed]:
    redis = open_redis(url)
    feed = RedisFeed(redis)
    async with feed.running():
        yield feed
    await redis.aclose()


@pytest.fixture(params=["memory", "redis"])
async def feeds(request: pytest.FixtureRequest) -> AsyncIterator[Feeds]:
    if request.param == "memory":
        feed = LocalFeed()
        yield Feeds(feed, feed)
        return
    url = request.getfixturevalue("redis_server")
    async with redis_feed(url) as here, redis_feed(url) as there:
        yield Feeds(here, there)


@pytest.fixture
def key() -> MessageKey:
    return MessageKey(uuid.uuid4(), 2)


async def followed(feed: Feed, key: MessageKey, after: Cursor | None = None) -> list[Growth]:
    """Until the reply ends."""
    async with asyncio.timeout(10), aclosing(feed.follow(key, after, patience_s=PATIENCE_S)) as growths:
        return [growth async for growth in growths if growth is not None]


def text_of(growths: list[Growth], seen: str = "") -> str:
    """As a client puts it together."""
    for growth in growths:
        seen = growth.text if growth.reset else seen + growth.text
    return seen


async def say(feed: Feed, key: MessageKey, attempt: int, *pieces: str) -> None:
    """A whole attempt, a turn of the loop between its pieces."""
    await feed.begin(key, attempt)
    for piece in pieces:
        await feed.append(key, attempt, piece)
        await asyncio.sleep(0)
    await feed.end(key, attempt)


async def begun(feed: Feed, key: MessageKey) -> None:
    """Waits until the feed knows of the reply."""
    async with asyncio.timeout(5), aclosing(feed.follow(key, None, patience_s=0.05)) as growths:
        async for growth in growths:
            if growth is not None:
                return


@pytest.mark.parametrize("seed", range(5))
async def test_everybody_reads_the_same_text_from_wherever_they_come(feeds: Feeds, key: MessageKey, seed: int) -> None:
    rng = random.Random(seed)
    pieces = ["".join(rng.choices(LETTERS, k=rng.randint(1, 9))) for _ in range(60)]
    text = "".join(pieces)
    places = [rng.randint(0, len(text)) for _ in range(4)]
    watching = [asyncio.create_task(followed(feeds.there, key, Cursor(1, place))) for place in places]
    watching.append(asyncio.create_task(followed(feeds.here, key)))
    await say(feeds.here, key, 1, *pieces)
    late = await followed(feeds.there, key)
    heard = await asyncio.gather(*watching)
    assert [text_of(growths) for growths in heard] == [text[place:] for place in places] + [text]
    assert text_of(late) == text
    assert late[-1].cursor == Cursor(1, len(text))


async def test_a_later_attempt_withdraws_what_was_said(feeds: Feeds, key: MessageKey) -> None:
    await feeds.here.begin(key, 1)
    await feeds.here.append(key, 1, "从前")
    await begun(feeds.there, key)
    watching = asyncio.create_task(followed(feeds.there, key, Cursor(1, 1)))
    await asyncio.sleep(0)
    await say(feeds.here, key, 2, "后", "来")
    growths = await watching
    assert text_of(growths) == "后来"
    assert [growth.reset for growth in growths].count(True) == 1


async def test_an_attempt_that_was_given_up_can_say_nothing_more(feeds: Feeds, key: MessageKey) -> None:
    """It woke up in its old process and does not know."""
    await feeds.here.begin(key, 1)
    await feeds.here.append(key, 1, "旧")
    await begun(feeds.there, key)
    await feeds.there.begin(key, 2)
    await feeds.there.append(key, 2, "新")
    watching = asyncio.create_task(followed(feeds.there, key))
    await feeds.here.append(key, 1, "旧话")
    await feeds.here.end(key, 1)
    await feeds.here.begin(key, 1)
    await asyncio.sleep(0.05)
    await feeds.there.append(key, 2, "话")
    await feeds.there.end(key, 2)
    assert text_of(await watching) == "新话"
    assert text_of(await followed(feeds.here, key, Cursor(1, 1)), "旧") == "新话"


async def test_silence_is_told(feeds: Feeds, key: MessageKey) -> None:
    await feeds.here.begin(key, 1)
    async with asyncio.timeout(5), aclosing(feeds.there.follow(key, None, patience_s=0.02)) as growths:
        assert [await anext(growths), await anext(growths)] == [None, None]
        await feeds.here.append(key, 1, "有了")
        heard = None
        while heard is None:
            heard = await anext(growths)
    assert heard == tails.Growth(Cursor(1, 2), "有了", reset=False)


async def test_a_slow_reader_gets_one_piece_for_all_it_missed(feeds: Feeds, key: MessageKey) -> None:
    await feeds.here.begin(key, 1)
    await feeds.here.append(key, 1, "一")
    async with asyncio.timeout(5), aclosing(feeds.here.follow(key, None, patience_s=PATIENCE_S)) as growths:
        assert await anext(growths) == tails.Growth(Cursor(1, 1), "一", reset=False)
        for piece in ("二", "三", "四"):
            await feeds.here.append(key, 1, piece)
            await asyncio.sleep(0)
        assert await anext(growths) == tails.Growth(Cursor(1, 4), "二三四", reset=False)


async def test_what_was_said_is_known_when_its_process_is_gone(feeds: Feeds, key: MessageKey) -> None:
    assert await feeds.there.said(key) == ""
    await feeds.here.begin(key, 3)
    await feeds.here.append(key, 3, "说到一半")
    await begun(feeds.there, key)
    assert await feeds.there.said(key) == "说到一半"


async def test_nothing_is_kept_of_replies_that_nobody_writes_or_watches(feeds: Feeds, key: MessageKey) -> None:
    await feeds.here.begin(key, 1)
    await feeds.here.append(key, 1, "给")
    await begun(feeds.there, key)
    await feeds.here.release(key)
    for feed in (feeds.here, feeds.there):
        assert isinstance(feed, LocalFeed | RedisFeed)
        assert len(feed._tails) == 0


async def test_pushes_that_are_lost_cost_time_but_no_text(tmp_path: Path, key: MessageKey) -> None:
    with redis_in(tmp_path) as server:
        way = LossyWay(server.port, lost=0.5)
        async with way.listening() as lossy, redis_feed(server.url) as here, redis_feed(lossy) as there:
            watching = asyncio.create_task(followed(there, key))
            await asyncio.sleep(0.1)
            await here.begin(key, 1)
            for number in range(100):
                await here.append(key, 1, f"{number} ")
                await asyncio.sleep(0.002)
            await here.end(key, 1)
            growths = await watching
    assert text_of(growths) == "".join(f"{number} " for number in range(100))
    assert way.dropped > 5


async def flushed(server: RedisServer) -> None:
    async with Redis.from_url(server.url) as redis:
        await redis.flushall()


async def restarted(server: RedisServer) -> None:
    server.kill()
    await asyncio.sleep(0.2)
    server.start()


Disaster = Callable[[RedisServer], Awaitable[None]]


@pytest.mark.parametrize("disaster", [flushed, restarted])
async def test_what_redis_loses_in_the_middle_is_said_again(
    tmp_path: Path, key: MessageKey, disaster: Disaster
) -> None:
    with redis_in(tmp_path) as server:
        async with redis_feed(server.url) as here, redis_feed(server.url) as there:
            await here.begin(key, 1)
            await here.append(key, 1, "之前")
            await begun(there, key)
            early = asyncio.create_task(followed(there, key))
            await disaster(server)
            await here.append(key, 1, "之后")
            await begun(there, key)
            late = asyncio.create_task(followed(there, key))
            await here.end(key, 1)
            assert [text_of(await early), text_of(await late)] == ["之前之后", "之前之后"]
            async with Redis.from_url(server.url) as redis:
                assert 0 < await redis.ttl(channel_of(key)) <= 900


@pytest.mark.parametrize("away", ["killed", "frozen"])
async def test_a_redis_that_is_away_holds_nobody_up(tmp_path: Path, key: MessageKey, away: str) -> None:
    with redis_in(tmp_path) as server:
        async with redis_feed(server.url) as here, redis_feed(server.url) as there:
            (server.kill if away == "killed" else server.freeze)()
            async with asyncio.timeout(0.5):
                watching = asyncio.create_task(followed(here, key))
                await say(here, key, 1, "照", "常")
                assert text_of(await watching) == "照常"
            async with asyncio.timeout(4), aclosing(there.follow(key, None, patience_s=0.05)) as growths:
                assert await anext(growths) is None
            (server.start if away == "killed" else server.thaw)()
            assert text_of(await followed(there, key)) == "照常"


async def test_the_last_words_are_sent_before_a_process_ends(redis_server: str, key: MessageKey) -> None:
    async with redis_feed(redis_server) as here:
        await say(here, key, 1, "再见")
    async with redis_feed(redis_server) as there:
        assert text_of(await followed(there, key)) == "再见"
