"""A text that wants an answer …"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

import asyncpg
import pytest
from sqlalchemy import text

from domain.assistant.models import Outcome, RunStatus
from domain.assistant.prompts import default_assistants
from domain.assistant.responding import AssistantResponder
from domain.chat.models import MessageKey, Outgoing, Sent
from domain.chat.service import ChatService
from domain.clock import new_id, utc_now
from domain.viewer import Viewer
from persistence.chat_reads import ChatReadStatements
from persistence.talk import Talk, talk_on
from tests.accounts import World, opened
from tests.waiting import somebody_waits_for_a_lock


@dataclass
class Clinic:
    """Somebody in a session with the assistant, and nobody who generates replies."""

    world: World
    chat: ChatService[Talk]
    viewer: Viewer
    session: str

    async def send(self, words: str, key: str) -> Sent:
        return await self.chat.send_text(self.viewer, Outgoing(self.session, "general", words, key))

    async def jobs(self) -> list[str]:
        async with self.world.database.transaction() as connection:
            found = await connection.scalars(text("SELECT convert_from(payload, 'UTF8') FROM pgqueuer ORDER BY id"))
            return list(found)


@pytest.fixture
async def clinic(database_dsn: str) -> AsyncIterator[Clinic]:
    async with opened(database_dsn) as world:
        viewer = world.viewer(await world.register("patient"))
        talk = talk_on(world.database)
        async with talk() as work:
            for assistant in default_assistants():
                await work.configs.add_dialog({"id": new_id()} | asdict(assistant))
        chat = ChatService[Talk](talk, ChatReadStatements(world.database), AssistantResponder(), utc_now)
        yield Clinic(world, chat, viewer, str((await chat.create_session(viewer, "general", None)).id))


async def test_goes_to_postgresql_five_times(clinic: Clinic) -> None:
    """Each time costs the server as much as the rest of the work on it."""
    asked: list[str] = []

    def note(record: asyncpg.connection.LoggedQuery) -> None:
        asked.append(record.query)

    async with clinic.world.database.writes.connection(1) as connection:
        connection.add_query_logger(note)
    await clinic.send("头晕", "k1")
    await asyncio.sleep(0)  # asyncpg tells of a statement a little later
    assert [query.split()[0] for query in asked] == ["BEGIN;", "SELECT", "SELECT", "WITH", "COMMIT"]


async def test_is_stored_with_its_reply_and_a_job_for_it(clinic: Clinic) -> None:
    sent = await clinic.send("头晕", "k1")
    assert sent.reply is not None
    assert (sent.message.seq, sent.reply.seq, sent.reply.reply_to_seq) == (1, 2, 1)
    assert sent.session.last_seq == 2
    assert await clinic.jobs() == [sent.reply.id]


async def test_waits_in_line_behind_an_earlier_one(clinic: Clinic) -> None:
    first, second = await clinic.send("头晕", "k1"), await clinic.send("还头疼", "k2")
    assert first.reply is not None
    assert second.reply is not None
    assert await clinic.jobs() == [first.reply.id]


async def test_that_is_sent_again_stores_nothing(clinic: Clinic) -> None:
    first, again = await clinic.send("头晕", "k1"), await clinic.send("头晕", "k1")
    third = await clinic.send("还头疼", "k2")
    assert (again.message, again.reply, again.duplicate) == (first.message, first.reply, True)
    assert third.message.seq == 3


async def test_that_comes_while_the_reply_before_it_ends_gets_its_job(clinic: Clinic) -> None:
    """Whoever ends a reply and whoever asks for one each see what the other did."""
    first = await clinic.send("头晕", "k1")
    assert first.reply is not None
    async with talk_on(clinic.world.database)() as work:
        claim = await work.replies.claim(MessageKey(first.reply.session_id, first.reply.seq))
        assert claim is not None
    ending, ended = asyncio.Event(), asyncio.Event()

    async def end() -> None:
        async with talk_on(clinic.world.database)() as work:
            assert await work.replies.finish(claim, Outcome(RunStatus.SUCCEEDED, "多喝水"))
            await work.jobs.enqueue_next(claim.key.session_id)
            ending.set()
            await ended.wait()

    doing = asyncio.create_task(end())
    await ending.wait()
    sending = asyncio.create_task(clinic.send("还头疼", "k2"))
    await somebody_waits_for_a_lock(clinic.world.database)
    ended.set()
    await doing
    second = await sending
    assert second.reply is not None
    assert await clinic.jobs() == [first.reply.id, second.reply.id]
