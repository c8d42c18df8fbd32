"""Accounts as the composition root puts them together, cheap enough for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.accounts.passwords import PasswordCost
from domain.accounts.service import Accounts, AccountSettings, accounts_from
from domain.accounts.sign_in import Person
from domain.clock import Clock
from persistence.account_reads import AccountReadStatements
from persistence.engine import Database, open_database
from persistence.work import work_on

CHEAP = PasswordCost(memory_kib=64, passes=1, workers=2)
SETTINGS = AccountSettings(["a test's signing key, long enough"], 86_400, 2_592_000, CHEAP)
PASSWORD = "correct horse 电池"
NOBODY = Person()


@asynccontextmanager
async def opened(dsn: str, clock: Clock) -> AsyncIterator[tuple[Accounts, Database]]:
    database = open_database(dsn)
    try:
        yield accounts_from(SETTINGS, work_on(database), AccountReadStatements(database), clock), database
    finally:
        await database.close()
