"""How an account begins."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.accounts import rules
from domain.accounts.models import Gender, User, UserSettings
from domain.audit import State
from domain.clock import new_id
from domain.viewer import AccessRole, CareRole


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody tells of themselves when they register."""

    nickname: str | None = None
    full_name: str | None = None
    gender: Gender | None = None
    age: int | None = None
    birth_date: date | None = None


NOBODY = Person()


def new_user(
    now: datetime,
    *,
    username: str | None = None,
    phone: str | None = None,
    person: Person = NOBODY,
    role: AccessRole = AccessRole.USER,
) -> User:
    """A patient with the settings of everybody; `phone` is masked. Raises BadUserInput."""
    settings = UserSettings()
    return User(
        id=new_id(),
        username=username,
        nickname=rules.checked_name(person.nickname, field="nickname"),
        full_name=rules.checked_name(person.full_name, field="fullName"),
        phone=phone,
        gender=person.gender,
        birth_date=_birth_date(person, now.date()),
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


def standing(user: User) -> State:
    """What others give and take of a user."""
    return {"accessRole": user.access_role, "careRole": user.care_role, "isActive": user.is_active}


def _birth_date(person: Person, today: date) -> date | None:
    if person.birth_date is not None:
        return rules.checked_birth_date(person.birth_date, today)
    return rules.born_about(person.age, today) if person.age is not None else None
