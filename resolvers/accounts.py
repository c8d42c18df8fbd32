"""Accounts: one call of the domain a field."""

from datetime import date
from uuid import UUID

import strawberry

from domain.accounts import directory
from domain.accounts.directory import Search
from domain.accounts.models import AuthPayload, CodePurpose, Gender, User, Visitor
from domain.accounts.people import Person
from domain.accounts.phone_sign_in import PhoneProof
from domain.accounts.service import Accounts
from domain.accounts.sign_in import Registration
from domain.paging import Page
from domain.viewer import AccessRole, CareRole
from resolvers.context import Context, Info
from resolvers.inputs import given


@strawberry.input(description="A new account: username and password, or phone and smsCode, or all four.")
class RegisterInput:
    username: str | None = strawberry.field(
        default=None, description="3 to 32 letters of any script, digits or `_.-`, at least one letter."
    )
    password: str | None = strawberry.field(default=None, description="8 to 128 characters.")
    phone: str | None = strawberry.field(default=None, description="A mobile number, to be proven by smsCode.")
    sms_code: str | None = strawberry.field(default=None, description="The code sent for REGISTER.")
    nickname: str | None = strawberry.field(default=None, description="What others see, at most 50 characters.")
    full_name: str | None = strawberry.field(default=None, description="The real name, at most 50 characters.")
    gender: Gender | None = strawberry.field(default=None, description="Gender.")
    age: int | None = strawberry.field(
        default=None, description="Years; kept as an approximate birth date. `birthDate` wins."
    )
    birth_date: date | None = strawberry.field(default=None, description="Birth date.")

    def to_domain(self) -> Registration:
        person = Person(self.nickname, self.full_name, self.gender, self.age, self.birth_date)
        return Registration(self.username, self.password, self.phone, self.sms_code, person)


@strawberry.input(description="What changes. What is left out stays as it is; null clears it.")
class ProfileInput:
    nickname: str | None = strawberry.field(default=strawberry.UNSET, description="What others see, at most 50.")
    avatar_file_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A READY file of one's own with purpose AVATAR; the one before is deleted.",
    )
    full_name: str | None = strawberry.field(default=strawberry.UNSET, description="The real name, at most 50.")
    gender: Gender | None = strawberry.field(default=strawberry.UNSET, description="Gender.")
    birth_date: date | None = strawberry.field(default=strawberry.UNSET, description="Birth date.")


@strawberry.input(description="What changes. What is left out, or null, stays as it is.")
class UserSettingsInput:
    locale: str | None = strawberry.field(default=strawberry.UNSET, description="BCP 47 language tag, e.g. `zh-CN`.")
    timezone: str | None = strawberry.field(default=strawberry.UNSET, description="IANA zone, e.g. `Asia/Shanghai`.")
    font_scale: float | None = strawberry.field(default=strawberry.UNSET, description="0.5 to 3, 1 is normal.")
    notify: bool | None = strawberry.field(default=strawberry.UNSET, description="Whether notifications are wanted.")


async def send_verification_code(info: Info, phone: str, purpose: CodePurpose) -> bool:
    await _accounts(info).codes.send(phone, purpose, info.context.client_address)
    return True


async def register(info: Info, input: RegisterInput) -> AuthPayload:
    return _entered(info, await _accounts(info).sign_in.register(input.to_domain(), _visitor(info)))


async def login(info: Info, username: str, password: str) -> AuthPayload:
    return _entered(info, await _accounts(info).sign_in.login(username, password, _visitor(info)))


async def login_with_phone(info: Info, phone: str, sms_code: str) -> AuthPayload:
    return _entered(info, await _accounts(info).phone.login(phone, sms_code, _visitor(info)))


async def login_with_wechat(info: Info, code: str, phone_code: str | None = None) -> AuthPayload:
    return _entered(info, await _accounts(info).wechat.login(code, phone_code, _visitor(info)))


async def refresh_token(info: Info, refresh_token: str) -> AuthPayload:
    return _entered(info, await _accounts(info).renewal.renew(refresh_token, _visitor(info)))


async def logout(info: Info, all_devices: bool | None = False) -> bool:
    await _accounts(info).sign_out.logout(info.context.viewer, all_devices=bool(all_devices))
    return True


async def change_password(info: Info, new: str, old: str | None = None) -> AuthPayload:
    changed = await _accounts(info).password.change(info.context.viewer, old, new, _visitor(info))
    return _entered(info, changed)


async def reset_password(info: Info, phone: str, sms_code: str, new: str) -> AuthPayload:
    return _entered(info, await _accounts(info).password.reset(phone, sms_code, new, _visitor(info)))


async def bind_wechat(info: Info, code: str) -> User:
    return await _accounts(info).wechat.bind(info.context.viewer, code)


async def bind_phone(
    info: Info, phone: str | None = None, sms_code: str | None = None, wechat_phone_code: str | None = None
) -> User:
    proof = PhoneProof(phone, sms_code, wechat_phone_code)
    return await _accounts(info).phone.bind(info.context.viewer, proof, _visitor(info))


async def update_profile(info: Info, input: ProfileInput) -> User:
    return await _accounts(info).profiles.update_profile(info.context.viewer, given(input))


async def update_settings(info: Info, input: UserSettingsInput) -> User:
    return await _accounts(info).profiles.update_settings(info.context.viewer, given(input))


async def set_access_role(info: Info, user_id: strawberry.ID, role: AccessRole) -> User:
    return await _accounts(info).administration.set_access_role(info.context.viewer, user_id, role)


async def set_care_role(info: Info, user_id: strawberry.ID, role: CareRole) -> User:
    return await _accounts(info).administration.set_care_role(info.context.viewer, user_id, role)


async def set_user_active(info: Info, user_id: strawberry.ID, active: bool) -> User:
    return await _accounts(info).administration.set_active(info.context.viewer, user_id, active=active)


async def users(
    info: Info,
    first: int | None = 20,
    after: str | None = None,
    care_role: CareRole | None = None,
    access_role: AccessRole | None = None,
    text: str | None = None,
) -> Page[User]:
    search = Search(care_role, access_role, text, 20 if first is None else first, after)
    return await _accounts(info).directory.users(info.context.viewer, search)


def own_id(_root: None, context: Context) -> UUID:
    return context.viewer.user_id


def user_key(_root: None, context: Context, id: strawberry.ID) -> UUID:
    return directory.user_key(context.viewer, id)


def _accounts(info: Info) -> Accounts:
    return info.context.services.accounts


def _visitor(info: Info) -> Visitor:
    return Visitor(info.context.client_address, info.context.device_name)


def _entered(info: Info, payload: AuthPayload) -> AuthPayload:
    """From here on the operation is the new user's own: what they select of themselves is theirs to read."""
    info.context.viewer_or_none = _accounts(info).authenticator.viewer(payload.access_token)
    return payload
