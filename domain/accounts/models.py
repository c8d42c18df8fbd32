"""Users, their devices, and what a sign-in needs to know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from domain.viewer import AccessRole, CareRole


class Gender(Enum):
    MALE = "MALE"
    FEMALE = "FEMALE"
    OTHER = "OTHER"


class CodePurpose(Enum):
    """What a code by text message is good for."""

    REGISTER = "REGISTER"
    LOGIN = "LOGIN"
    BIND_PHONE = "BIND_PHONE"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105 the name of a purpose


@dataclass(frozen=True, slots=True)
class UserSettings:
    locale: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    font_scale: float = 1.0
    notify: bool = True


@dataclass(frozen=True, slots=True)
class User:
    """`phone` is masked (138****0000): the number itself is never read into a user."""

    id: UUID
    username: str | None
    nickname: str | None
    full_name: str | None
    phone: str | None
    gender: Gender | None
    birth_date: date | None
    avatar_file_id: UUID | None
    access_role: AccessRole
    care_role: CareRole
    is_active: bool
    locale: str
    timezone: str
    font_scale: float
    notify: bool
    created_at: datetime
    updated_at: datetime

    @property
    def settings(self) -> UserSettings:
        return UserSettings(self.locale, self.timezone, self.font_scale, self.notify)


@dataclass(frozen=True, slots=True)
class UserFilter:
    """`text`: part of a username, nickname or real name. `phone_hashes`: of a whole phone number."""

    care_role: CareRole | None = None
    access_role: AccessRole | None = None
    text: str | None = None
    phone_hashes: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """One sign-in on one phone: a family of refresh tokens."""

    id: UUID
    user_id: UUID
    name: str | None
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A user with what only signing in may see. Tokens issued under an older `epoch` are void."""

    user: User
    password_hash: str | None
    has_wechat: bool
    epoch: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text encrypted at rest, and the keyed hash by which it is found again."""

    text: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A user about to be stored, with what proves who they are."""

    user: User
    username_key: str | None = None
    password_hash: str | None = None
    phone: Sealed | None = None
    wechat: Sealed | None = None

    @property
    def account(self) -> Account:
        return Account(self.user, self.password_hash, self.wechat is not None, epoch=0)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where somebody signs in from: the client's network address, and what the device calls itself."""

    address: str
    device_name: str | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A stored refresh token, found by its hash. `superseded_at`: when its successor was given out."""

    device_id: UUID
    user_id: UUID
    superseded_at: datetime | None
    expires_at: datetime
    device_revoked: bool


@dataclass(frozen=True, slots=True)
class WechatIdentity:
    """Who somebody is to WeChat, in this mini-program."""

    openid: str


@dataclass(frozen=True, slots=True)
class AuthPayload:
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    user: User
    is_new_user: bool
