"""Rows of accounts as the domain's words."""

from collections.abc import Sequence
from typing import Any

from domain.accounts.models import Account, Gender, User
from domain.viewer import AccessRole, CareRole
from persistence.narrow import Rows
from persistence.tables.accounts import users

LAST_OF_USER = "updated_at"
USER_COLUMNS = tuple(users.c)[: list(users.c.keys()).index(LAST_OF_USER) + 1]
ACCOUNT_COLUMNS = (*USER_COLUMNS, users.c.password_hash, users.c.wechat_hash.is_not(None), users.c.epoch)

GENDERS: dict[str | None, Gender | None] = {None: None, **{gender.value: gender for gender in Gender}}
ACCESS = {role.value: role for role in AccessRole}
CARE = {role.value: role for role in CareRole}
USER_ROWS = Rows(
    User,
    dict(zip(User.__dataclass_fields__, USER_COLUMNS, strict=True)),
    {"gender": GENDERS.__getitem__, "access_role": ACCESS.__getitem__, "care_role": CARE.__getitem__},
    {"settings": ("locale", "timezone", "font_scale", "notify")},
)


def user_of(row: Sequence[Any]) -> User:
    id_, username, nickname, full_name, phone, gender, born, avatar, access, care, *rest = row
    return User(
        id_,
        username,
        nickname,
        full_name,
        phone,
        GENDERS[gender],
        born,
        avatar,
        ACCESS[access],
        CARE[care],
        *rest,
    )


def account_of(row: Sequence[Any]) -> Account:
    *user, password_hash, has_wechat, epoch = row
    return Account(user_of(user), password_hash, has_wechat, epoch)


def user_values(user: User) -> dict[str, Any]:
    values = {column.name: getattr(user, column.name) for column in USER_COLUMNS}
    values |= {"access_role": user.access_role.value, "care_role": user.care_role.value}
    return values | {"gender": user.gender.value if user.gender is not None else None}
