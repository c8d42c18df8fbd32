"""The conversation without any AI wired: …"""

import subprocess
import sys
from pathlib import Path

from domain.chat.events import EventService, SessionEvent
from domain.chat.groups import GroupService
from domain.chat.models import AiMode, MessageState, Outgoing
from domain.chat.ports import Silence
from domain.chat.service import ChatService
from domain.clock import utc_now
from persistence.chat_reads import ChatReadStatements
from persistence.events import EventReadStatements
from persistence.hub import LiveEvents
from persistence.talk import Talk, talk_on
from tests.accounts import World, opened

ROOT = Path(__file__).parent.parent.parent
LOADED = """
import pkgutil, sys, domain.chat
for module in pkgutil.iter_modules(domain.chat.__path__):
    __import__(f"domain.chat.{module.name}")
print(sorted(name for name in sys.modules if name.startswith("domain.assistant")))
"""


def chat_of(world: World) -> ChatService[Talk]:
    return ChatService[Talk](talk_on(world.database), ChatReadStatements(world.database), Silence(), utc_now)


def told(event: SessionEvent) -> tuple[str, int | None, str | None]:
    said = event.message
    return event.kind.value, said.seq if said else event.read_seq, said.content if said else None


async def test_people_still_talk(database_dsn: str) -> None:
    async with opened(database_dsn) as world:
        viewer = world.viewer(await world.register("talker"))
        chat = chat_of(world)
        first = await chat.send_text(viewer, Outgoing(None, "general", "有人吗", "k1"))
        second = await chat.send_text(viewer, Outgoing(str(first.session.id), "general", "有的", "k2"))
        again = await chat.send_text(viewer, Outgoing(str(first.session.id), "general", "有的", "k2"))
    assert (first.reply, second.reply, again.reply) == (None, None, None)
    assert (first.message.seq, second.message.seq, again.message.seq, again.duplicate) == (1, 2, 2, True)


async def test_a_group_reads_recalls_leaves_and_hears_of_it(database_dsn: str) -> None:
    async with opened(database_dsn) as world:
        one, two = [world.viewer(await world.register(name)) for name in ("one.li", "two.li")]
        chat, groups = chat_of(world), GroupService[Talk](talk_on(world.database), Silence())
        reads = EventReadStatements(world.database)
        events = EventService(reads, LiveEvents(reads))
        group = await groups.create(one, "三病区", None, [str(two.user_id)], AiMode.AUTO, "general")
        start = (await events.changes(two, None, 100)).cursor
        session = str(group.id)
        for number in (1, 2):
            await chat.send_text(one, Outgoing(session, "general", f"第{number}句", f"k{number}"))
        read = await chat.mark_read(two, session, 2)
        recalled = await chat.recall(one, f"{session}.2")
        heard = (await events.changes(two, start, 100)).events
        await groups.leave(one, session)
        left = await ChatReadStatements(world.database).sessions([(two.user_id, group.id), (one.user_id, group.id)])
    assert (read.read_seq, recalled.state) == (2, MessageState.RECALLED)
    assert [told(event) for event in heard if event.kind.value != "MEMBERS_CHANGED"] == [
        ("MESSAGE_ADDED", 1, "第1句"),
        ("MESSAGE_ADDED", 2, ""),
        ("READ_ADVANCED", 2, None),
        ("MESSAGE_UPDATED", 2, ""),
    ]
    assert [session and session.owner_id for session in left] == [two.user_id, None]


def test_it_is_loaded_without_the_assistant() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
