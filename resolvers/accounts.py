"""Accounts: one call of the domain a field."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import strawberry

from domain.accounts import privacy, rules
from domain.accounts.models import AuthPayload, Device, Gender, User, UserSettings
from domain.accounts.sign_in import Person
from domain.errors import BadUserInput
from resolvers.context import Context, Info


@strawberry.input(description="A new account.")
class RegisterInput:
    username: str | None = strawberry.field(
        default=None, description="3 to 32 letters of any script, digits or `_.-`, at least one letter."
    )
    password: str | None = strawberry.field(default=None, description="8 to 128 characters.")
    nickname: str | None = strawberry.field(default=None, description="What others see, at most 50 characters.")
    full_name: str | None = strawberry.field(default=None, description="The real name, at most 50 characters.")
    gender: Gender | None = strawberry.field(default=None, description="Gender.")
    age: int | None = strawberry.field(
        default=None, description="Years; kept as an approximate birth date. `birthDate` wins."
    )
    birth_date: date | None = strawberry.field(default=None, description="Birth date.")

    def person(self) -> Person:
        return Person(self.nickname, self.full_name, self.gender, self.age, self.birth_date)


Username = Annotated[str, strawberry.argument(description="Case and width of letters do not count.")]
Password = Annotated[str, strawberry.argument(description="The password.")]
TokenArgument = Annotated[str, strawberry.argument(description="The newest refresh token of this device.")]
AllDevices = Annotated[bool | None, strawberry.argument(description="True: every device of the caller.")]
Registration = Annotated[RegisterInput, strawberry.argument(description="How to sign in, and who it is.")]


async def register(info: Info, input: Registration) -> AuthPayload:
    if input.username is None or input.password is None:
        missing = "username" if input.username is None else "password"
        raise BadUserInput("请填写用户名和密码", "A username and a password are needed.", field=missing)
    sign_in = info.context.services.accounts.sign_in
    payload = await sign_in.register(input.username, input.password, input.person(), info.context.device_name)
    return _entered(info, payload)


async def login(info: Info, username: Username, password: Password) -> AuthPayload:
    sign_in = info.context.services.accounts.sign_in
    return _entered(info, await sign_in.login(username, password, info.context.device_name))


async def refresh_token(info: Info, refresh_token: TokenArgument) -> AuthPayload:
    return _entered(info, await info.context.services.accounts.renewal.renew(refresh_token))


async def logout(info: Info, all_devices: AllDevices = False) -> bool:
    await info.context.services.accounts.sign_in.logout(info.context.viewer, all_devices=bool(all_devices))
    return True


def _entered(info: Info, payload: AuthPayload) -> AuthPayload:
    """From here on the operation is the new user's own: what they select of themselves is theirs to read."""
    info.context.viewer_or_none = info.context.services.accounts.authenticator.viewer(payload.access_token)
    return payload


def own_id(_root: Any, context: Context) -> UUID:
    return context.viewer.user_id


def devices_key(user: User, context: Context) -> UUID:
    return privacy.own_account(context.viewer, user.id)


def is_current(device: Device, context: Context) -> bool:
    return context.viewer_or_none is not None and device.id == context.viewer_or_none.device_id


def settings(user: User, context: Context) -> UserSettings:
    privacy.own_account(context.viewer, user.id)
    return user.settings


def username(user: User, context: Context) -> str | None:
    viewer = context.viewer_or_none
    return user.username if viewer is not None and privacy.is_own_or_admin(viewer, user.id) else None


def phone(user: User, context: Context) -> str | None:
    return user.phone if privacy.sees_person(context.viewer_or_none, user.id) else None


def full_name(user: User, context: Context) -> str | None:
    return user.full_name if privacy.sees_person(context.viewer_or_none, user.id) else None


def gender(user: User, context: Context) -> Gender | None:
    return user.gender if privacy.sees_person(context.viewer_or_none, user.id) else None


def birth_date(user: User, context: Context) -> date | None:
    return user.birth_date if privacy.sees_person(context.viewer_or_none, user.id) else None


def age(user: User, context: Context) -> int | None:
    born = birth_date(user, context)
    return rules.age_on(datetime.now(UTC).astimezone(ZoneInfo(user.timezone)).date(), born) if born else None
