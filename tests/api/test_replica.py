"""A read replica, which follows by streaming replication, …"""

import asyncio
import json
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from persistence.embedded.server import EmbeddedServer, start
from persistence.redis.writings import RedisWritings
from persistence.replica import Replica
from tests.api.client import People, Person, http_client
from tests.api.serving import Served, served, settings_for
from tests.api.test_chat import say
from tests.api.test_groups import CREATE
from tests.postgres import place
from tests.standby import Standby, standby_of
from tests.waiting import until

SAID = "query Said($id: ID!) { session(id: $id) { messages(last: 5) { nodes { content } } } }"


@pytest.fixture(scope="module")
def primary() -> Iterator[EmbeddedServer]:
    with tempfile.TemporaryDirectory(prefix="wellmate-primary-", dir=place()) as name:
        Path(name).chmod(0o755)  # whoever copies it has to pass
        with start(Path(name), durable=False) as server:
            yield server


@pytest.fixture(scope="module")
def standby(primary: EmbeddedServer) -> Iterator[Standby]:
    with standby_of(primary) as standby:
        yield standby


@asynccontextmanager
async def process(primary: EmbeddedServer, standby: Standby, folder: Path, redis: str) -> AsyncIterator[Served]:
    settings = settings_for(primary.dsn(), folder, database_replica_url=standby.dsn(), redis_url=redis)
    async with served(settings) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest_asyncio.fixture(scope="module")
async def app(primary: EmbeddedServer, standby: Standby, folder: Path, redis_server: str) -> AsyncIterator[Served]:
    async with process(primary, standby, folder, redis_server) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def people(app: Served) -> AsyncIterator[People]:
    async with http_client(app.port) as http:
        yield People(app.port, http)


@pytest_asyncio.fixture(scope="module")
async def another(
    app: Served, primary: EmbeddedServer, standby: Standby, folder: Path, redis_server: str
) -> AsyncIterator[People]:
    """A second process."""
    async with process(primary, standby, folder, redis_server) as running, http_client(running.port) as http:
        await until(lambda: replica_of(running).serves)
        yield People(running.port, http)


def at(process: People, person: Person) -> Person:
    return Person(process.port, process._http, person.token, person.id)


def replica_of(app: Served) -> Replica:
    lagging = app.house.lagging
    assert lagging is not None
    assert isinstance(lagging.freshness, Replica)
    return lagging.freshness


@pytest_asyncio.fixture
async def group(app: Served, people: People) -> tuple[str, Person, Person]:
    """A session, and two members who have not written of late: the replica knows all of it."""
    one, other = await people.patient(), await people.patient()
    session = (await one.ask(CREATE, members=[other.id], mode="OFF"))["createGroup"]["id"]
    await say(one, "旧", sessionId=session)
    replica = replica_of(app)
    await until(lambda: replica.serves and not replica._writers)
    assert isinstance(replica._writings, RedisWritings)
    await replica._writings._redis.flushall()
    return session, one, other


async def said(person: Person, session: str) -> list[str]:
    found = (await person.ask(SAID, id=session))["session"]["messages"]["nodes"]
    return [message["content"] for message in found]


@asynccontextmanager
async def frozen(standby: Standby) -> AsyncIterator[None]:
    await asyncio.to_thread(standby.freeze)
    try:
        yield
    finally:
        await asyncio.to_thread(standby.thaw)


async def test_serves_whoever_has_not_written_of_late(group: tuple[str, Person, Person], standby: Standby) -> None:
    """What it does not know yet shows that it was asked."""
    session, writer, reader = group
    async with frozen(standby):
        await say(writer, "新", sessionId=session)
        assert await said(reader, session) == ["旧"]
        assert await said(writer, session) == ["旧", "新"]
        async with reader.socket() as socket:
            query = {"query": SAID, "variables": {"id": session}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": query}))
            assert "新" in str(await socket.recv())


async def test_leaves_a_writer_to_the_primary_in_every_process(
    group: tuple[str, Person, Person], app: Served, standby: Standby, another: People
) -> None:
    session, writer, reader = group
    async with frozen(standby):
        await say(writer, "新", sessionId=session)
        assert await said(at(another, writer), session) == ["旧", "新"]
        assert await said(at(another, reader), session) == ["旧"]


async def test_serves_a_writer_again_once_it_knows_the_writing(
    group: tuple[str, Person, Person], app: Served, standby: Standby
) -> None:
    session, writer, _ = group
    replica = replica_of(app)
    user_id = uuid.UUID(writer.id)
    async with frozen(standby):
        await say(writer, "新", sessionId=session)
        assert user_id in replica._writers
    await until(lambda: user_id not in replica._writers, within=3)
    assert isinstance(replica._writings, RedisWritings)
    await replica._writings._redis.flushall()
    assert await replica.may_lag(user_id)
    assert await said(writer, session) == ["旧", "新"]


async def test_serves_nobody_when_it_is_too_far_behind(
    group: tuple[str, Person, Person], app: Served, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, writer, reader = group
    monkeypatch.setattr("persistence.replica.LAG_S", 1.0)
    async with frozen(standby):
        await say(writer, "新", sessionId=session)
        await until(lambda: not replica_of(app).serves)
        assert await said(reader, session) == ["旧", "新"]


async def test_is_missed_by_nobody_when_it_dies(
    group: tuple[str, Person, Person], app: Served, standby: Standby
) -> None:
    session, writer, reader = group
    await asyncio.to_thread(standby.kill)
    assert await said(reader, session) == ["旧"]
    assert not replica_of(app).serves
    await say(writer, "新", sessionId=session)
    assert await asyncio.gather(*(said(reader, session) for _ in range(20))) == [["旧", "新"]] * 20
    await asyncio.to_thread(standby.start)
    await until(lambda: replica_of(app).serves)
    assert await said(reader, session) == ["旧", "新"]
