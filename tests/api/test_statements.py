"""The number of SQL statements …"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest_asyncio

from tests.api.client import People, Person
from tests.api.serving import Served
from tests.api.test_chat import say

NESTED = """query Nested { me { id sessions(first: 20) { nodes {
  id lastSeq unreadCount lastMessage { content } messages(last: 3) { nodes { seq content sender { id nickname } } }
} } } }"""


@contextmanager
def counted(app: Served) -> Iterator[list[str]]:
    """The reads that run while the block does, on connections that were open before. Log entries and jobs go by other
    ways."""
    statements: list[str] = []

    def note(logged: Any) -> None:
        statements.append(logged.query)

    connections = list(app.house.database.reads._idle)
    for connection in connections:
        connection.add_query_logger(note)
    yield statements
    for connection in connections:
        connection.remove_query_logger(note)


@pytest_asyncio.fixture
async def talker(people: People) -> AsyncIterator[Person]:
    """Somebody with 25 sessions of several messages."""
    person = await people.patient()
    for _ in range(25):
        session = (await person.ask("mutation { createSession { id } }"))["createSession"]["id"]
        await person.ask("mutation($s: ID!) { updateSession(id: $s, aiMode: OFF) { id } }", s=session)
        for number in range(4):
            await say(person, f"{number}", sessionId=session)
    yield person


async def test_does_not_grow_with_the_rows(talker: Person, people: People, app: Served) -> None:
    newcomer = await people.patient()
    await talker.ask(NESTED)
    with counted(app) as few:
        await newcomer.ask(NESTED)
    with counted(app) as many:
        answer = await talker.ask(NESTED)
    nodes = answer["me"]["sessions"]["nodes"]
    assert len(nodes) == 20
    assert all([m["content"] for m in node["messages"]["nodes"]] == ["1", "2", "3"] for node in nodes)
    assert 1 <= len(few) <= len(many) <= 5, many
