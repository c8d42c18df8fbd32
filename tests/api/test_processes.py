"""Several processes over one database: …"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

import asyncpg
import pytest

from tests.api.client import Json, People, Person, http_client
from tests.api.provider_faults import text_of
from tests.api.test_chat import WATCH, say
from tests.processes import Fleet, ServerProcess, fleet
from tests.standins.chat import Manner
from tests.standins.fastgpt import FastGPT

LONG = "".join(f"第{number}句。" for number in range(80))
SLOWLY = Manner(text=LONG, piece=2, tokens_per_s=5)
"""Longer than a second process takes to start."""


@pytest.fixture
def dsn(database_dsn: str) -> str:
    return database_dsn.replace("+asyncpg", "")


@pytest.fixture
async def vendor() -> AsyncIterator[FastGPT]:
    with FastGPT() as vendor:
        yield vendor


@pytest.fixture
async def processes(tmp_path: Path, dsn: str, redis_server: str, vendor: FastGPT) -> AsyncIterator[Fleet]:
    async with fleet(
        tmp_path,
        database_url=dsn,
        redis_url=redis_server,
        fastgpt_base_url=vendor.base_url,
        fastgpt_api_key=vendor.key,
        drain_seconds="1",
    ) as running:
        yield running


@asynccontextmanager
async def people_at(process: ServerProcess) -> AsyncIterator[People]:
    async with http_client(process.port) as http:
        yield People(process.port, http)


def at(process: ServerProcess, person: Person) -> Person:
    """The same person, who comes by another process."""
    return Person(process.port, person.http, person.token, person.id, person.username)


async def watched(process: ServerProcess, person: Person, message_id: str, after: str | None = None) -> list[Json]:
    results = at(process, person).watch(WATCH, id=message_id, after=after)
    return [event["data"]["replyStream"] async for event in results]


async def first_words(process: ServerProcess, person: Person, message_id: str) -> None:
    """Waits until something is said."""
    async for _ in at(process, person).watch(WATCH, id=message_id):
        return


@pytest.mark.slow
async def test_a_reply_is_seen_growing_wherever_it_is_generated(processes: Fleet, vendor: FastGPT) -> None:
    one, other = await asyncio.gather(processes.start(), processes.start())
    vendor.manner = Manner(text=LONG[:120], piece=3, tokens_per_s=60)
    async with people_at(one) as people:
        person = await people.patient()
        reply = (await say(person, "请说"))["reply"]["id"]
        heard = await asyncio.gather(watched(one, person, reply), watched(other, person, reply))
    assert [text_of(events) for events in heard] == [LONG[:120]] * 2
    assert min(len(events) for events in heard) > 10
    assert len(vendor.requests) == 1


@pytest.mark.slow
async def test_a_second_process_without_redis_is_told_why_it_cannot_start(tmp_path: Path, dsn: str) -> None:
    async with fleet(tmp_path, database_url=dsn) as alone, fleet(tmp_path, database_url=dsn) as shared:
        first = await alone.start()
        second = await shared.launch("worker")
        assert await second.ended() == 1
        assert first.is_alive
    assert "Another process serves this database already" in second.said[-1]
    assert "WELLMATE_REDIS_URL" in second.said[-1]
    assert len(second.said) == 2


async def test_a_process_that_is_stopped_hands_its_replies_over(processes: Fleet, vendor: FastGPT) -> None:
    vendor.manner = SLOWLY
    leaving = await processes.start()
    async with people_at(leaving) as people:
        person = await people.patient()
        reply = (await say(person, "请说"))["reply"]["id"]
        await first_words(leaving, person, reply)
        staying = await processes.start()
        watching = asyncio.create_task(watched(staying, person, reply))
        async with person.socket() as socket:
            ending = asyncio.create_task(leaving.terminated())
            async with asyncio.timeout(8):
                await socket.wait_closed()
            assert socket.close_code == 1012
        vendor.manner = Manner(text=LONG)
        events = await watching
        assert await ending < 8
    assert text_of(events) == LONG
    assert [event["__typename"] for event in events].count("ReplyReset") == 1
    assert events[-1]["message"] == {"content": LONG, "state": "COMPLETE"}
    assert len(vendor.requests) == 2
    assert leaving.errors == []


async def claim_often(dsn: str, message_id: str) -> None:
    """As if the workers of the reply had been killed again and again."""
    session, _, seq = message_id.partition(".")
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE replies SET claims = 3 WHERE session_id = $1 AND seq = $2", session, int(seq))
    await connection.close()


@pytest.mark.slow
async def test_replies_of_a_killed_process_are_taken_over_or_given_up_after_three_times(
    processes: Fleet, vendor: FastGPT, dsn: str
) -> None:
    vendor.manner = SLOWLY
    dying = await processes.start()
    async with people_at(dying) as people:
        person = await people.patient()
        lucky, doomed = [(await say(person, text))["reply"]["id"] for text in ("一", "二")]
        await asyncio.gather(first_words(dying, person, lucky), first_words(dying, person, doomed))
        await claim_often(dsn, doomed)
        living, worker = await asyncio.gather(processes.start(), processes.start("worker"))
        vendor.manner = Manner(text=LONG)
        dying.kill()
        began = monotonic()
        heard = await asyncio.gather(watched(living, person, lucky), watched(living, person, doomed))
        took_s = monotonic() - began
    assert took_s < 10
    assert text_of(heard[0]) == LONG
    assert heard[0][-1]["message"] == {"content": LONG, "state": "COMPLETE"}
    said = text_of(heard[1])
    assert LONG.startswith(said)
    assert said
    assert (heard[1][-1]["__typename"], heard[1][-1]["code"]) == ("ReplyFailed", "UPSTREAM_UNAVAILABLE")
    assert len(vendor.requests) == 3
    assert worker.is_alive


async def written_down(dsn: str) -> str:
    """Waits until something that was said stands in the database."""
    connection = await asyncpg.connect(dsn)
    said = None
    async with asyncio.timeout(15):
        while not said:
            said = await connection.fetchval("SELECT response_content->>'text' FROM ai_interactions")
            await asyncio.sleep(0.05)
    await connection.close()
    return str(said)


@pytest.mark.slow
async def test_what_a_process_without_redis_said_is_kept_when_it_is_given_up(
    tmp_path: Path, dsn: str, vendor: FastGPT
) -> None:
    vendor.manner = SLOWLY
    given = {"database_url": dsn, "fastgpt_base_url": vendor.base_url, "fastgpt_api_key": vendor.key}
    async with fleet(tmp_path, **given) as alone:
        dying = await alone.start()
        async with people_at(dying) as people:
            person = await people.patient()
            reply = (await say(person, "请说"))["reply"]["id"]
            noted = await written_down(dsn)
            await claim_often(dsn, reply)
            dying.kill()
            await dying.ended()
            events = await watched(await alone.start(), person, reply)
    assert (events[-1]["__typename"], events[-1]["code"]) == ("ReplyFailed", "UPSTREAM_UNAVAILABLE")
    assert text_of(events).startswith(noted)
    assert LONG.startswith(text_of(events))


@pytest.mark.slow
async def test_a_process_that_was_frozen_can_write_nothing_when_it_wakes(processes: Fleet, vendor: FastGPT) -> None:
    vendor.script.extend([replace(SLOWLY, text="旧" * 400), Manner(text="新" * 100)])
    frozen = await processes.start()
    async with people_at(frozen) as people:
        person = await people.patient()
        reply = (await say(person, "请说"))["reply"]["id"]
        await first_words(frozen, person, reply)
        living = await processes.start()
        frozen.send(signal.SIGSTOP)
        events = await watched(living, person, reply)
        frozen.send(signal.SIGCONT)
        assert text_of(events) == "新" * 100
        assert text_of(await watched(frozen, person, reply, after="1:4")) == "新" * 100
        assert await frozen.terminated() < 8
        assert (await watched(living, person, reply))[-1]["message"] == {"content": "新" * 100, "state": "COMPLETE"}
