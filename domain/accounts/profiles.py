"""What people say of themselves, and how they want the app to behave."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from domain.accounts import rules
from domain.accounts.models import User
from domain.accounts.ports import AccountWork, AccountWorkFactory
from domain.clock import Clock, parse_id
from domain.errors import BadUserInput, NotFound, Unauthenticated
from domain.viewer import Viewer

LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
SMALLEST_FONT, LARGEST_FONT = 0.5, 3.0


@dataclass(frozen=True, slots=True)
class Profiles:
    work: AccountWorkFactory
    clock: Clock

    async def update_profile(self, viewer: Viewer, changes: Mapping[str, Any]) -> User:
        """`changes`: fields of User; None clears one, what is absent stays. Raises BadUserInput."""
        checked = self._checked_profile(changes)
        async with self.work() as work:
            if "avatar_file_id" in checked and not await work.avatars.wear(
                viewer.user_id, checked.pop("avatar_file_id")
            ):
                raise no_such_avatar()
            return await _changed(work, viewer, checked)

    async def update_settings(self, viewer: Viewer, changes: Mapping[str, Any]) -> User:
        """`changes`: fields of UserSettings; None and what is absent stay. Raises BadUserInput."""
        given = {name: value for name, value in changes.items() if value is not None}
        async with self.work() as work:
            return await _changed(work, viewer, _checked_settings(given))

    def _checked_profile(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        checked = dict(changes)
        for name, field in (("nickname", "nickname"), ("full_name", "fullName")):
            if name in checked:
                checked[name] = rules.checked_name(checked[name], field=field)
        if checked.get("birth_date") is not None:
            rules.checked_birth_date(checked["birth_date"], self.clock().date())
        if checked.get("avatar_file_id") is not None:
            checked["avatar_file_id"] = parse_id(checked["avatar_file_id"])
            if checked["avatar_file_id"] is None:
                raise no_such_avatar()
        return checked


async def _changed(work: AccountWork, viewer: Viewer, changes: Mapping[str, Any]) -> User:
    if changes:
        await work.accounts.change(viewer.user_id, changes)
    account = await work.accounts.account(viewer.user_id)
    if account is None:
        raise Unauthenticated
    return account.user


def no_such_avatar() -> NotFound:
    return NotFound("没有找到这张头像，请重新上传", "There is no such avatar.", field="avatarFileId")


def _checked_settings(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    if "locale" in changes and not LOCALE.fullmatch(changes["locale"]):
        raise BadUserInput("语言标签不正确，例如 zh-CN", "Not a language tag like zh-CN.", field="locale")
    if "timezone" in changes and changes["timezone"] not in available_timezones():
        raise BadUserInput("时区不正确，例如 Asia/Shanghai", "Not a time zone like Asia/Shanghai.", field="timezone")
    if not SMALLEST_FONT <= changes.get("font_scale", 1.0) <= LARGEST_FONT:
        raise BadUserInput("字号须在 0.5 到 3 之间", "A font scale is between 0.5 and 3.", field="fontScale")
    return changes
