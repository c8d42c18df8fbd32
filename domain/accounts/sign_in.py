"""Registering, and signing in by password."""

from dataclasses import dataclass

from domain.accounts import rules
from domain.accounts.codes import VerificationCodes
from domain.accounts.guard import SignInGuard
from domain.accounts.identities import Identities, phone_taken, username_taken
from domain.accounts.models import Account, AuthPayload, CodePurpose, NewAccount, User, Visitor
from domain.accounts.passwords import Passwords
from domain.accounts.people import NOBODY, Person, new_user, standing
from domain.accounts.phones import Phone
from domain.accounts.ports import AccountWorkFactory
from domain.accounts.tickets import Tickets
from domain.audit import Target, change
from domain.clock import Clock
from domain.errors import BadUserInput, Unauthenticated
from domain.viewer import AccessRole


@dataclass(frozen=True, slots=True)
class Registration:
    """Username and password, or phone and code, or all four."""

    username: str | None = None
    password: str | None = None
    phone: str | None = None
    sms_code: str | None = None
    person: Person = NOBODY


@dataclass(frozen=True, slots=True)
class SignIn:
    work: AccountWorkFactory
    passwords: Passwords
    codes: VerificationCodes
    identities: Identities
    guard: SignInGuard
    tickets: Tickets
    clock: Clock

    async def register(self, asked: Registration, visitor: Visitor) -> AuthPayload:
        """Raises BadUserInput, RateLimited, and Conflict for a username or phone that is taken."""
        await self.guard.before_registration(visitor.address)
        username, password = _checked_names(asked)
        phone = await self._proven_phone(asked, visitor)
        new = NewAccount(
            new_user(
                self.clock(), username=username, phone=phone.masked if phone is not None else None, person=asked.person
            ),
            username_key=rules.username_key(username) if username is not None else None,
            password_hash=await self.passwords.hash(password) if password is not None else None,
            phone=self.identities.seal(phone.e164) if phone is not None else None,
        )
        async with self.work() as work:
            if phone is not None:
                await self.identities.claim_phone(work, phone)
            if not await work.accounts.add(new):
                raise username_taken() if username is not None else phone_taken()
            return await self.tickets.give(work, new.account, visitor, is_new_user=True)

    async def login(self, username: str, password: str, visitor: Visitor) -> AuthPayload:
        """By username or phone. Raises Unauthenticated alike for an unknown user and a wrong password, Forbidden for
        a disabled account, RateLimited."""
        await self.guard.visit(visitor.address)
        async with self.passwords.turn:
            account = await self._verified(username, password, visitor)
        outdated = account.password_hash is not None and self.passwords.is_outdated(account.password_hash)
        renewed = await self.passwords.hash(password) if outdated else None
        return await self._enter(account, renewed, visitor)

    async def create_admin(self, username: str, password: str) -> User:
        """A new superadmin. Raises BadUserInput, and Conflict for a username that is taken."""
        name = rules.checked_username(username)
        password_hash = await self.passwords.hash(rules.checked_password(password))
        user = new_user(self.clock(), username=name, role=AccessRole.SUPERADMIN)
        async with self.work() as work:
            if not await work.accounts.add(NewAccount(user, rules.username_key(name), password_hash)):
                raise username_taken()
            await work.audit.add(change(None, "createAdmin", Target("User", user.id), after=standing(user)))
        return user

    async def has_superadmin(self) -> bool:
        async with self.work() as work:
            return await work.accounts.any_superadmin()

    async def _proven_phone(self, asked: Registration, visitor: Visitor) -> Phone | None:
        if asked.phone is None or asked.sms_code is None:
            return None
        return await self.codes.redeem(asked.phone, CodePurpose.REGISTER, asked.sms_code, visitor.address)

    async def _verified(self, username: str, password: str, visitor: Visitor) -> Account:
        phone = self.codes.phones.read_or_none(username)
        account = await self._account_by_name(username, phone)
        name = phone.e164 if phone is not None else rules.username_key(username)
        await self.guard.before_password(name, visitor.address, lambda: self._is_known(account, visitor))
        stored = account.password_hash if account is not None else None
        if not await self.passwords.verify(stored, password) or account is None:
            await self.guard.wrong_password(name, visitor.address)
            raise wrong_credentials()
        return account

    async def _account_by_name(self, username: str, phone: Phone | None) -> Account | None:
        key = rules.username_key(username)
        async with self.work() as work:
            if phone is not None:
                return await self.identities.by_phone(work, phone)
            return await work.accounts.by_username(key) if rules.is_username(key) else None

    async def _is_known(self, account: Account | None, visitor: Visitor) -> bool:
        if account is None:
            return False
        async with self.work() as work:
            return await work.devices.is_known_address(account.user.id, self.guard.address_hash(visitor.address))

    async def _enter(self, verified: Account, renewed_hash: str | None, visitor: Visitor) -> AuthPayload:
        async with self.work() as work:
            account = await work.accounts.account(verified.user.id)
            if account is None or account.password_hash != verified.password_hash:
                raise wrong_credentials()
            if renewed_hash is not None:
                await work.accounts.set_password(account.user.id, renewed_hash)
            return await self.tickets.give(work, account, visitor)


def _checked_names(asked: Registration) -> tuple[str | None, str | None]:
    """Username and password as they will be. Raises BadUserInput where something is missing or wrong."""
    if asked.phone is None and asked.username is None:
        raise BadUserInput("请填写用户名或手机号", "A username or a phone is needed.", field="username")
    if asked.phone is not None and asked.sms_code is None:
        raise BadUserInput("请填写短信验证码", "The code sent to the phone is needed.", field="smsCode")
    if asked.username is not None and asked.password is None:
        raise BadUserInput("请填写密码", "A password is needed.", field="password")
    username = rules.checked_username(asked.username) if asked.username is not None else None
    return username, rules.checked_password(asked.password) if asked.password is not None else None


def wrong_credentials() -> Unauthenticated:
    return Unauthenticated("用户名或密码错误", "Wrong username or password.")
