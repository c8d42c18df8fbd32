"""One piece of work = one connection = one transaction, with the stores that a service may use in it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from persistence.accounts import AccountStatements
from persistence.audit import AuditStatements
from persistence.books import BookStatements
from persistence.codes import CodeStatements
from persistence.connection import Transaction
from persistence.devices import DeviceStatements
from persistence.engine import Database
from persistence.file_uses import AvatarStatements, RecordFileStatements
from persistence.files import FileStatements
from persistence.health import HealthStatements
from persistence.records import RecordStatements


class Work:
    """The stores over one open transaction; a service names the few it needs by a Protocol of its own."""

    def __init__(self, connection: Transaction) -> None:
        self.connection = connection
        self.audit = AuditStatements(connection)
        self.accounts = AccountStatements(connection)
        self.devices = DeviceStatements(connection)
        self.codes = CodeStatements(connection)
        self.books = BookStatements(connection)
        self.files = FileStatements(connection)
        self.record_files = RecordFileStatements(connection)
        self.avatars = AvatarStatements(connection)
        self.health = HealthStatements(connection)
        self.records = RecordStatements(connection)


WorkFactory = Callable[[], AbstractAsyncContextManager[Work]]


def work_on(database: Database) -> WorkFactory:
    @asynccontextmanager
    async def work() -> AsyncIterator[Work]:
        async with database.transaction() as connection:
            yield Work(connection)

    return work
