"""The conversation without any AI wired: …"""

from domain.chat.models import Outgoing
from domain.chat.ports import Silence
from domain.chat.service import ChatService
from persistence.chat_reads import ChatReadStatements
from persistence.work import Work, work_on
from tests.accounts import opened


async def test_people_still_talk(database_dsn: str) -> None:
    async with opened(database_dsn) as world:
        viewer = world.viewer(await world.register("talker"))
        reads = ChatReadStatements(world.database)
        chat = ChatService[Work](work_on(world.database), reads, Silence(), world.clock)
        first = await chat.send_text(viewer, Outgoing(None, "general", "有人吗", "k1"))
        second = await chat.send_text(viewer, Outgoing(str(first.session.id), "general", "有的", "k2"))
        again = await chat.send_text(viewer, Outgoing(str(first.session.id), "general", "有的", "k2"))
    assert (first.reply, second.reply, again.reply) == (None, None, None)
    assert (first.message.seq, second.message.seq, again.message.seq, again.duplicate) == (1, 2, 2, True)
