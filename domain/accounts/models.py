"""Users, their devices, and what a sign-in needs to know of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from domain.viewer import AccessRole, CareRole


class Gender(Enum):
    MALE = "MALE"
    FEMALE = "FEMALE"
    OTHER = "OTHER"


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
    epoch: int


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
    """Who somebody is to WeChat. `unionid`: the same in every app of one company, where there is one."""

    openid: str
    unionid: str | None


@dataclass(frozen=True, slots=True)
class AuthPayload:
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    user: User
    is_new_user: bool
