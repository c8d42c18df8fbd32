"""Profiles, settings and passwords of one's own."""

from datetime import date
from typing import Any

import pytest

from domain.accounts import rules
from domain.accounts.models import CodePurpose, Gender, UserSettings
from domain.errors import BadUserInput, NotFound, RateLimited, Unauthenticated
from tests.accounts import HERE, PASSWORD, PHONE, World


async def test_a_profile_changes_only_where_something_is_said(world: World) -> None:
    payload = await world.register()
    viewer, update = world.viewer(payload), world.accounts.profiles.update_profile
    await update(viewer, {"nickname": "  小 李 ", "full_name": "李薇", "gender": Gender.FEMALE})
    await update(viewer, {"birth_date": date(1990, 5, 17), "full_name": None})
    user = await world.user(payload)
    assert user is not None
    assert (user.nickname, user.full_name, user.gender) == ("小 李", None, Gender.FEMALE)
    assert user.birth_date == date(1990, 5, 17)
    assert user.updated_at > payload.user.updated_at


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nickname": "x" * 51}, "nickname"),
        ({"nickname": "zero\x00"}, "nickname"),
        ({"full_name": "left\u202eright"}, "fullName"),
        ({"birth_date": date(1850, 1, 1)}, "birthDate"),
        ({"birth_date": date(2999, 1, 1)}, "birthDate"),
    ],
)
async def test_an_impossible_profile_is_refused(world: World, changes: dict[str, Any], field: str) -> None:
    payload = await world.register()
    with pytest.raises(BadUserInput) as caught:
        await world.accounts.profiles.update_profile(world.viewer(payload), changes)
    assert caught.value.field == field
    assert await world.user(payload) == payload.user


async def test_an_avatar_that_does_not_exist_is_not_found(world: World) -> None:
    payload = await world.register()
    with pytest.raises(NotFound) as caught:
        await world.accounts.profiles.update_profile(world.viewer(payload), {"avatar_file_id": "1"})
    assert caught.value.field == "avatarFileId"


async def test_emoji_of_several_parts_are_names(world: World) -> None:
    payload = await world.register()
    user = await world.accounts.profiles.update_profile(world.viewer(payload), {"nickname": "一家👨‍👩‍👧"})
    assert user.nickname == "一家👨‍👩‍👧"


async def test_settings_change_only_where_something_is_said(world: World) -> None:
    payload = await world.register()
    viewer, update = world.viewer(payload), world.accounts.profiles.update_settings
    await update(viewer, {"font_scale": 1.5, "notify": False})
    user = await update(viewer, {"locale": "en", "timezone": None})
    assert user.settings == UserSettings("en", "Asia/Shanghai", 1.5, notify=False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"locale": "not a tag"}, "locale"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"font_scale": 0.1}, "fontScale"),
        ({"font_scale": float("nan")}, "fontScale"),
        ({"font_scale": float("inf")}, "fontScale"),
    ],
)
async def test_impossible_settings_are_refused(world: World, changes: dict[str, Any], field: str) -> None:
    payload = await world.register()
    with pytest.raises(BadUserInput) as caught:
        await world.accounts.profiles.update_settings(world.viewer(payload), changes)
    assert caught.value.field == field


async def test_a_new_password_ends_every_other_sign_in(world: World) -> None:
    one, two = await world.register(), await world.login()
    changed = await world.accounts.password.change(world.viewer(one), PASSWORD, "another password", HERE)
    for old in (one, two):
        with pytest.raises(Unauthenticated):
            world.viewer(old)
        with pytest.raises(Unauthenticated):
            await world.renew(old)
    assert world.viewer(await world.renew(changed)).user_id == one.user.id
    with pytest.raises(Unauthenticated):
        await world.login()
    assert (await world.login(password="another password")).user.id == one.user.id


@pytest.mark.parametrize("old", [None, "", "wrong"])
async def test_the_old_password_is_needed(world: World, old: str | None) -> None:
    payload = await world.register()
    with pytest.raises(BadUserInput) as caught:
        await world.accounts.password.change(world.viewer(payload), old, "another password", HERE)
    assert caught.value.field == "old"
    assert (await world.login()).user.id == payload.user.id


async def test_guessing_the_old_password_ends(world: World) -> None:
    viewer = world.viewer(await world.register())
    for _ in range(10):
        with pytest.raises(BadUserInput):
            await world.accounts.password.change(viewer, "wrong", "another password", HERE)
    with pytest.raises(RateLimited):
        await world.accounts.password.change(viewer, PASSWORD, "another password", HERE)


async def test_who_has_no_password_sets_one(world: World) -> None:
    payload = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    await world.accounts.password.change(world.viewer(payload), None, "first password", HERE)
    assert (await world.login(PHONE, "first password")).user.id == payload.user.id


async def test_a_weak_new_password_is_refused(world: World) -> None:
    payload = await world.register()
    with pytest.raises(BadUserInput) as caught:
        await world.accounts.password.change(world.viewer(payload), PASSWORD, "short", HERE)
    assert caught.value.field == "new"


@pytest.mark.parametrize(
    ("today", "born", "age"),
    [
        (date(2024, 2, 29), date(1984, 2, 28), 40),
        (date(2026, 8, 1), date(2026, 8, 1), 0),
        (date(2026, 7, 31), date(1986, 7, 31), 40),
    ],
)
def test_an_age_given_today_is_the_age_read_today(today: date, born: date, age: int) -> None:
    assert rules.born_about(age, today) == born
    assert rules.age_on(today, born) == age
    assert rules.age_on(date(today.year + 1, 12, 31), born) == age + 1
