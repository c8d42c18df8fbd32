"""What of a person may be read by whom: one function a field of User."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.accounts import privacy, rules
from domain.accounts.models import Device, Gender, User, UserSettings
from resolvers.context import Context


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
