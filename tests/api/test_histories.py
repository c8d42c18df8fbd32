"""What was said last, kept in Redis for the next question…"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from persistence.embedded.server import EmbeddedServer
from persistence.engine import open_database
from persistence.histories import FORGET
from persistence.redis.client import open_redis
from persistence.redis.histories import PATIENCE_S, RedisHistories
from persistence.signals import Signals, notify
from tests.api.client import Json, People, Person, http_client, new_key
from tests.api.serving import served, settings_for
from tests.api.test_chat import WATCH, say
from tests.api.test_replies import AGAIN, STOP
from tests.domain.conversation import message
from tests.postgres import fresh_database
from tests.redis import redis_in
from tests.standins.chat import Manner
from tests.standins.fastgpt import FastGPT
from tests.waiting import until

RECALL = "mutation($id: ID!) { recallMessage(id: $id) { state } }"
DELETE = "mutation($id: ID!) { deleteSession(id: $id) }"


@pytest_asyncio.fixture(scope="module")
async def vendor() -> AsyncIterator[FastGPT]:
    with FastGPT() as vendor:
        yield vendor


@pytest_asyncio.fixture(scope="module")
async def redis(redis_server: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_server) as redis:
        yield redis


@pytest_asyncio.fixture(scope="module")
async def people(
    postgres: EmbeddedServer,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    redis_server: str,
    vendor: FastGPT,
) -> AsyncIterator[People]:
    folder: Path = tmp_path_factory.mktemp("data")
    given = {"redis_url": redis_server, "fastgpt_base_url": vendor.base_url, "fastgpt_api_key": vendor.key}
    with fresh_database(postgres, template_database) as dsn:
        async with served(settings_for(dsn, folder, **given)) as app, http_client(app.port) as http:
            yield People(app.port, http)


async def ask(person: Person, text: str, answer: str, vendor: FastGPT, session: str | None = None) -> tuple[str, str]:
    """The session, and the reply that is over."""
    vendor.manner = Manner(text=answer)
    sent = await say(person, text, wait=True, **({"sessionId": session} if session else {}))
    return sent["session"]["id"], sent["reply"]["id"]


def told(vendor: FastGPT) -> list[str]:
    """What the vendor was told last, after the prompt."""
    return [message["content"] for message in vendor.requests[-1].json()["messages"][1:]]


def name_of(session: str) -> str:
    return f"wellmate:history:{session}"


async def kept(redis: Redis, session: str) -> list[Json]:
    found: list[Json] = orjson.loads(await redis.get(name_of(session)) or b"[]")
    return found


async def words(redis: Redis, session: str) -> list[str]:
    return [message["content"] for message in await kept(redis, session)]


async def gone(redis: Redis, session: str) -> None:
    while await redis.exists(name_of(session)):  # noqa: ASYNC110 the condition is another process's
        await asyncio.sleep(0.005)


async def test_serves_the_next_question(patient: Person, vendor: FastGPT, redis: Redis) -> None:
    """What stands there is what the model is told, as long as the message is the same."""
    session, _ = await ask(patient, "一", "甲", vendor)
    await ask(patient, "二", "乙", vendor, session)
    assert await words(redis, session) == ["一", "甲", "二"]
    assert 0 < await redis.ttl(name_of(session)) <= 600
    messages = await kept(redis, session)
    messages[0]["content"] = "从缓存里来"
    await redis.set(name_of(session), orjson.dumps(messages))
    await ask(patient, "三", "丙", vendor, session)
    assert told(vendor) == ["从缓存里来", "甲", "二", "乙", "三"]


async def test_knows_nothing_of_what_was_recalled(patient: Person, vendor: FastGPT, redis: Redis) -> None:
    session, _ = await ask(patient, "说错了", "好的", vendor)
    await ask(patient, "再说", "嗯", vendor, session)
    await patient.ask(RECALL, id=f"{session}.1")
    await gone(redis, session)
    await ask(patient, "继续", "行", vendor, session)
    assert told(vendor) == ["好的", "再说", "嗯", "继续"]


async def test_is_not_believed_about_what_was_recalled(patient: Person, vendor: FastGPT, redis: Redis) -> None:
    session, _ = await ask(patient, "说错了", "好的", vendor)
    before = orjson.dumps(await kept(redis, session))
    await patient.ask(RECALL, id=f"{session}.1")
    await gone(redis, session)
    await redis.set(name_of(session), before)
    await ask(patient, "继续", "行", vendor, session)
    assert told(vendor) == ["好的", "继续"]


async def test_is_not_kept_by_whoever_read_it_just_before_a_recall(redis_server: str, database_dsn: str) -> None:
    redis, signals, database = open_redis(redis_server), Signals(database_dsn), open_database(database_dsn)
    histories, session, other = RedisHistories(redis, 600), uuid4(), uuid4()
    histories.follow(signals)
    await signals.start()
    await histories.keep(session, [message("说错了")])
    async with database.transaction() as connection:
        await notify(connection, FORGET, str(session))
    await gone(redis, str(session))
    for each in (session, other):
        await histories.keep(each, [message("说错了")])
    assert (await words(redis, str(session)), await words(redis, str(other))) == ([], ["说错了"])
    for each_one in (signals.close, database.close, redis.aclose):
        await each_one()


async def test_knows_what_was_said_until_somebody_stopped_it(patient: Person, vendor: FastGPT) -> None:
    vendor.manner = Manner(text="停" * 200, piece=1, tokens_per_s=50)
    sent = await say(patient, "说很多")
    watching = patient.watch(WATCH, id=sent["reply"]["id"])
    await anext(watching)
    stopped = (await patient.ask(STOP, id=sent["reply"]["id"]))["stopReply"]["content"]
    await watching.aclose()
    await ask(patient, "继续", "行", vendor, sent["session"]["id"])
    assert told(vendor) == ["说很多", stopped, "继续"]


async def test_ends_at_the_question_that_is_asked_again(patient: Person, vendor: FastGPT) -> None:
    session, reply = await ask(patient, "一", "甲", vendor)
    await ask(patient, "二", "乙", vendor, session)
    asked = len(vendor.requests)
    await patient.ask(AGAIN, id=reply, key=new_key())
    await until(lambda: len(vendor.requests) > asked)
    assert told(vendor) == ["一"]
    await ask(patient, "三", "丙", vendor, session)
    assert told(vendor)[:4] == ["一", "甲", "二", "乙"]


async def test_is_gone_with_its_session(patient: Person, vendor: FastGPT, redis: Redis) -> None:
    session, _ = await ask(patient, "秘密", "好的", vendor)
    assert await words(redis, session) == ["秘密"]
    await patient.ask(DELETE, id=session)
    await gone(redis, session)


async def test_of_another_version_of_the_program_is_not_read(patient: Person, vendor: FastGPT, redis: Redis) -> None:
    session, _ = await ask(patient, "一", "甲", vendor)
    for nonsense in (b"nonsense", b"[1]", b'[{"seq": 1}]'):
        await redis.set(name_of(session), nonsense)
        await ask(patient, "又", "好", vendor, session)
        assert told(vendor)[:2] == ["一", "甲"]


async def test_is_not_missed_when_redis_goes(
    postgres: EmbeddedServer, template_database: str, tmp_path: Path, vendor: FastGPT
) -> None:
    with fresh_database(postgres, template_database) as dsn, redis_in(tmp_path) as server:
        given = {"redis_url": server.url, "fastgpt_base_url": vendor.base_url, "fastgpt_api_key": vendor.key}
        async with served(settings_for(dsn, tmp_path, **given)) as app, http_client(app.port) as http:
            person = await People(app.port, http).patient()
            session, _ = await ask(person, "一", "甲", vendor)
            server.kill()
            await ask(person, "二", "乙", vendor, session)
            assert told(vendor) == ["一", "甲", "二"]


async def test_is_not_waited_for_again_and_again_while_redis_hangs(tmp_path: Path) -> None:
    with redis_in(tmp_path) as server:
        redis = open_redis(server.url)
        histories, session = RedisHistories(redis, 600), uuid4()
        await histories.keep(session, [message("零")])
        assert [message.content for message in await histories.known(session)] == ["零"]
        server.freeze()
        began = monotonic()
        assert [await histories.known(session) for _ in range(100)] == [[]] * 100
        assert monotonic() - began < 100 * PATIENCE_S / 5
        server.thaw()
        await redis.aclose()
