"""Accounts as the composition root puts them together, cheap enough for tests."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from domain.accounts.models import AuthPayload, CodePurpose, Device, User, Visitor, WechatIdentity
from domain.accounts.passwords import PasswordCost
from domain.accounts.service import Accounts, AccountSettings, Outside, accounts_from
from domain.accounts.sign_in import Registration
from domain.errors import BadUserInput
from domain.limits import Networks
from domain.secrets import SecretBox
from domain.viewer import Viewer
from persistence.account_reads import AccountReadStatements
from persistence.engine import Database, open_database
from persistence.limits import RateLimits
from persistence.work import work_on
from tests.clock import MovedClock

CHEAP = PasswordCost(memory_kib=64, passes=1, workers=2)
SETTINGS = AccountSettings(["a test's signing key, long enough"], 86_400, 2_592_000, CHEAP)
PASSWORD = "correct horse 电池"
HERE = Visitor("192.0.2.1", "iPhone")
ELSEWHERE = Visitor("198.51.100.7")
PHONE = "13800138000"


@dataclass
class Messages:
    """A sender that keeps what it was given; `failure` is raised instead."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    failure: Exception | None = None

    async def send_code(self, phone: str, code: str, _minutes: int) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append((phone, code))


@dataclass
class WechatUsers:
    """Who is behind which code: each is good once."""

    codes: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)

    async def identify(self, code: str) -> WechatIdentity:
        return WechatIdentity(_spent(self.codes, code))

    async def phone_number(self, code: str) -> str:
        return _spent(self.phones, code)


def _spent(codes: dict[str, str], code: str) -> str:
    if code not in codes:
        raise BadUserInput("微信登录码已失效，请重试", "Ask wx.login again.", field="code")
    return codes.pop(code)


@dataclass
class World:
    accounts: Accounts
    database: Database
    reads: AccountReadStatements
    clock: MovedClock
    messages: Messages
    wechat: WechatUsers

    async def register(self, username: str = "li.wei", visitor: Visitor = HERE) -> AuthPayload:
        return await self.accounts.sign_in.register(Registration(username, PASSWORD), visitor)

    async def login(self, username: str = "li.wei", password: str = PASSWORD, visitor: Visitor = HERE) -> AuthPayload:
        return await self.accounts.sign_in.login(username, password, visitor)

    async def renew(self, payload: AuthPayload) -> AuthPayload:
        return await self.accounts.renewal.renew(payload.refresh_token, HERE)

    def viewer(self, payload: AuthPayload) -> Viewer:
        return self.accounts.authenticator.viewer(payload.access_token)

    async def code(self, purpose: CodePurpose, phone: str = PHONE, visitor: Visitor = HERE) -> str:
        """What a phone reads when a code was asked for."""
        await self.accounts.codes.send(phone, purpose, visitor.address)
        return self.messages.sent[-1][1]

    async def user(self, payload: AuthPayload) -> User | None:
        return (await self.reads.users([payload.user.id]))[0]

    async def devices(self, payload: AuthPayload) -> Sequence[Device]:
        return (await self.reads.devices([payload.user.id]))[0]


@asynccontextmanager
async def opened(
    dsn: str, clock: MovedClock | None = None, keys: Sequence[str] = ("a key of this test's own",)
) -> AsyncIterator[World]:
    database = open_database(dsn)
    clock = clock or MovedClock()
    reads, messages, wechat = AccountReadStatements(database), Messages(), WechatUsers()
    box = SecretBox(keys)
    outside = Outside(work_on(database), reads, RateLimits(None, clock), messages, wechat, box, clock, Networks())
    try:
        yield World(accounts_from(SETTINGS, outside), database, reads, clock, messages, wechat)
    finally:
        await database.close()
