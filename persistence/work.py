"""One piece of work = one connection = one transaction, with the stores that a service may use in it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.metering import Meter
from persistence.accounts import AccountStatements
from persistence.assistant import ReplyStatements
from persistence.audit import AuditStatements
from persistence.books import BookStatements
from persistence.chat import ChatStatements
from persistence.codes import CodeStatements
from persistence.configs import ConfigStatements
from persistence.devices import DeviceStatements
from persistence.engine import Database
from persistence.file_uses import AvatarStatements, RecordFileStatements
from persistence.files import FileStatements
from persistence.health import HealthStatements
from persistence.interactions import InteractionStatements
from persistence.jobs import JobStatements
from persistence.message_files import MessageFileStatements
from persistence.records import RecordStatements


class Work:
    """The stores over one open transaction; a service names the few it needs by a Protocol of its own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.audit = AuditStatements(connection)
        self.accounts = AccountStatements(connection)
        self.devices = DeviceStatements(connection)
        self.codes = CodeStatements(connection)
        self.chat = ChatStatements(connection)
        self.replies = ReplyStatements(connection)
        self.configs = ConfigStatements(connection)
        self.jobs = JobStatements(connection)
        self.interactions = InteractionStatements(connection)
        self.books = BookStatements(connection)
        self.files = FileStatements(connection)
        self.message_files = MessageFileStatements(connection)
        self.record_files = RecordFileStatements(connection)
        self.avatars = AvatarStatements(connection)
        self.health = HealthStatements(connection)
        self.records = RecordStatements(connection)


WorkFactory = Callable[[], AbstractAsyncContextManager[Work]]


def work_on(database: Database, meter: Meter | None = None) -> WorkFactory:
    @asynccontextmanager
    async def work() -> AsyncIterator[Work]:
        async with database.transaction() as connection:
            opened = Work(connection)
            yield opened
        if meter is not None:
            for kind in opened.chat.said:
                meter.said(kind.value)

    return work
