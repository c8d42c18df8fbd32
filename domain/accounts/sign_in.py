"""Registering, signing in and out by username and password."""

from dataclasses import dataclass
from datetime import date

from domain.accounts import rules
from domain.accounts.models import Account, AuthPayload, Gender, User, UserSettings
from domain.accounts.passwords import Passwords
from domain.accounts.ports import AccountWorkFactory
from domain.accounts.revocations import Revocations
from domain.accounts.tickets import Tickets
from domain.clock import Clock, new_id
from domain.errors import Conflict, Forbidden, Unauthenticated
from domain.viewer import AccessRole, CareRole, Viewer


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody tells of themselves when they register."""

    nickname: str | None = None
    full_name: str | None = None
    gender: Gender | None = None
    age: int | None = None
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    work: AccountWorkFactory
    passwords: Passwords
    tickets: Tickets
    revocations: Revocations
    clock: Clock

    async def register(self, username: str, password: str, person: Person, device_name: str | None) -> AuthPayload:
        """Raises BadUserInput, and Conflict for a username that is taken."""
        user = self._new_user(rules.checked_username(username), person)
        password_hash = await self.passwords.hash(rules.checked_password(password))
        async with self.work() as work:
            if not await work.accounts.add_user(user, rules.username_key(username), password_hash):
                raise username_taken()
            account = Account(user, password_hash, epoch=0)
            return await self.tickets.for_new_device(work.accounts, account, device_name, is_new_user=True)

    async def login(self, username: str, password: str, device_name: str | None) -> AuthPayload:
        """Raises Unauthenticated alike for an unknown user and a wrong password, Forbidden for a disabled account."""
        account = await self._account_by_name(username)
        stored = account.password_hash if account is not None else None
        if not await self.passwords.verify(stored, password) or account is None or stored is None:
            raise wrong_credentials()
        renewed = await self.passwords.hash(password) if self.passwords.is_outdated(stored) else None
        return await self._enter(account, renewed, device_name)

    async def logout(self, viewer: Viewer, *, all_devices: bool) -> None:
        """Access tokens of the device, or of all, are void at once; so are the refresh tokens."""
        async with self.work() as work:
            if all_devices:
                epoch = await work.accounts.revoke_devices(viewer.user_id, self.clock())
            else:
                await work.accounts.revoke_device(viewer.device_id, self.clock())
        if all_devices:
            self.revocations.raise_epoch(viewer.user_id, epoch)
        else:
            self.revocations.revoke_device(viewer.device_id)

    async def create_admin(self, username: str, password: str) -> User:
        """A new superadmin. Raises BadUserInput, and Conflict for a username that is taken."""
        user = self._new_user(rules.checked_username(username), Person(), AccessRole.SUPERADMIN)
        password_hash = await self.passwords.hash(rules.checked_password(password))
        async with self.work() as work:
            if not await work.accounts.add_user(user, rules.username_key(username), password_hash):
                raise username_taken()
        return user

    async def has_superadmin(self) -> bool:
        async with self.work() as work:
            return await work.accounts.any_superadmin()

    async def _account_by_name(self, username: str) -> Account | None:
        key = rules.username_key(username)
        if not rules.is_username(key):
            return None
        async with self.work() as work:
            return await work.accounts.account_by_username(key)

    async def _enter(self, verified: Account, renewed_hash: str | None, device_name: str | None) -> AuthPayload:
        async with self.work() as work:
            account = await work.accounts.account(verified.user.id)
            if account is None or account.password_hash != verified.password_hash:
                raise wrong_credentials()
            if not account.user.is_active:
                raise Forbidden("账号已停用", "This account is disabled.")
            if renewed_hash is not None:
                await work.accounts.set_password(account.user.id, renewed_hash)
            return await self.tickets.for_new_device(work.accounts, account, device_name)

    def _new_user(self, username: str | None, person: Person, role: AccessRole = AccessRole.USER) -> User:
        now, settings = self.clock(), UserSettings()
        return User(
            id=new_id(),
            username=username,
            nickname=rules.checked_name(person.nickname, field="nickname"),
            full_name=rules.checked_name(person.full_name, field="fullName"),
            phone=None,
            gender=person.gender,
            birth_date=self._birth_date(person),
            avatar_file_id=None,
            access_role=role,
            care_role=CareRole.PATIENT,
            is_active=True,
            locale=settings.locale,
            timezone=settings.timezone,
            font_scale=settings.font_scale,
            notify=settings.notify,
            created_at=now,
            updated_at=now,
        )

    def _birth_date(self, person: Person) -> date | None:
        today = self.clock().date()
        if person.birth_date is not None:
            return rules.checked_birth_date(person.birth_date, today)
        return rules.born_about(person.age, today) if person.age is not None else None


def username_taken() -> Conflict:
    return Conflict("用户名已被使用", "This username is taken.", field="username")


def wrong_credentials() -> Unauthenticated:
    return Unauthenticated("用户名或密码错误", "Wrong username or password.")
