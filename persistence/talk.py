"""One piece of work in conversations = one connection = one transaction, by the shorter way to PostgreSQL."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from domain.metering import Meter
from persistence.assistant import ReplyStatements
from persistence.audit import AuditStatements
from persistence.chat import ChatStatements
from persistence.configs import ConfigStatements
from persistence.connection import Transaction
from persistence.engine import Database
from persistence.interactions import InteractionStatements
from persistence.jobs import JobStatements
from persistence.message_files import MessageFileStatements


class Talk:
    """Implements `domain.assistant.ports.AssistantWork`."""

    def __init__(self, connection: Transaction) -> None:
        self.audit = AuditStatements(connection)
        self.chat = ChatStatements(connection)
        self.replies = ReplyStatements(connection)
        self.configs = ConfigStatements(connection)
        self.jobs = JobStatements(connection)
        self.interactions = InteractionStatements(connection)
        self.message_files = MessageFileStatements(connection)


TalkFactory = Callable[[], AbstractAsyncContextManager[Talk]]


def talk_on(database: Database, meter: Meter | None = None) -> TalkFactory:
    @asynccontextmanager
    async def talk() -> AsyncIterator[Talk]:
        async with database.transaction() as connection:
            opened = Talk(connection)
            yield opened
        if meter is not None:
            for kind in opened.chat.said:
                meter.said(kind.value)

    return talk
