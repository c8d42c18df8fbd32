"""What admins set up: models behind addresses, and the assistants that use them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from domain.assistant.config_states import api_state, dialog_state
from domain.assistant.dialects.words import ApiType, Prompt, Turn
from domain.assistant.models import ApiConfig, DialogConfig, Probe
from domain.assistant.ports import AssistantWork
from domain.assistant.probing import probe
from domain.assistant.vendor import Vendor
from domain.audit import Target, change
from domain.chat.ports import OpensWork
from domain.chat.rules import clean_text
from domain.clock import new_id, parse_id
from domain.errors import BadUserInput, Conflict, NotFound
from domain.viewer import Viewer

SLUG = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
MAX_PROMPT = 20_000
MAX_TIMEOUT_MS = 600_000
HINT_LETTERS = 4
MIN_HINTED = 12
"""A shorter key would be half told by its hint."""

T = TypeVar("T")
Changes = Mapping[str, Any]
"""Field name → new value; what is absent stays as it is."""


class ConfigService:
    """Every method is for admins: the schema says so. `seal` encrypts a key at rest."""

    def __init__(self, work: OpensWork[AssistantWork], vendor: Vendor, seal: Callable[[str], str]) -> None:
        self._work = work
        self._vendor = vendor
        self._seal = seal

    async def create_api(self, viewer: Viewer, changes: Changes) -> ApiConfig:
        values = {"id": new_id(), **self._api_values(_required(changes, "name", "type", "base_url"))}
        async with self._work() as work:
            await _check_fallback(work, values)
            created = await work.configs.add_api(values)
            if created is None:
                raise _taken("name")
            after = api_state(_found(await work.configs.provider(created.id)))
            await work.audit.add(change(viewer, "createApiConfig", Target("ApiConfig", created.id), after=after))
        return created

    async def update_api(self, viewer: Viewer, api_id: str, changes: Changes) -> ApiConfig:
        """Whoever changes a provider wants it tried again."""
        values = self._api_values(changes)
        known = _id(api_id)
        async with self._work() as work:
            await _check_fallback(work, values, known)
            await work.configs.record_success(known)
            before = api_state(_found(await work.configs.provider(known)))
            changed = _found(await work.configs.change_api(known, values))
            after = api_state(_found(await work.configs.provider(known)))
            target = Target("ApiConfig", known)
            await work.audit.add(change(viewer, "updateApiConfig", target, before=before, after=after))
        return changed

    async def delete_api(self, viewer: Viewer, api_id: str) -> UUID:
        async with self._work() as work:
            provider = _found(await work.configs.provider(_id(api_id)))
            target = Target("ApiConfig", provider.config.id)
            await work.audit.add(change(viewer, "deleteApiConfig", target, before=api_state(provider)))
            return _deleted(await work.configs.delete_api(target.id), target.id)

    async def test_api(self, api_id: str, text: str, image_url: str | None) -> Probe:
        """A provider that answers is no longer left alone."""
        async with self._work() as work:
            provider = _found(await work.configs.provider(_id(api_id)))
        images = (image_url,) if image_url is not None else ()
        question = Prompt((Turn("user", clean_text(text), images),), "probe", "probe")
        result = await probe(self._vendor, provider, question)
        if result.ok:
            async with self._work() as work:
                await work.configs.record_success(provider.config.id)
        return result

    async def create_dialog(self, viewer: Viewer, changes: Changes) -> DialogConfig:
        values = {"id": new_id(), **_dialog_values(_required(changes, "slug", "role_name", "prompt"))}
        async with self._work() as work:
            await _check_apis(work, values)
            created = await work.configs.add_dialog(values)
            if created is None:
                raise _taken("slug")
            target = Target("DialogConfig", created.id)
            await work.audit.add(change(viewer, "createDialogConfig", target, after=dialog_state(created)))
        return created

    async def update_dialog(self, viewer: Viewer, dialog_id: str, changes: Changes) -> DialogConfig:
        values = _dialog_values(changes)
        async with self._work() as work:
            await _check_apis(work, values)
            before = _found(await work.configs.locked_dialog(_id(dialog_id)))
            changed = _found(await work.configs.change_dialog(before.id, values))
            states = {"before": dialog_state(before), "after": dialog_state(changed)}
            await work.audit.add(change(viewer, "updateDialogConfig", Target("DialogConfig", before.id), **states))
        return changed

    async def delete_dialog(self, viewer: Viewer, dialog_id: str) -> UUID:
        async with self._work() as work:
            dialog = _found(await work.configs.locked_dialog(_id(dialog_id)))
            target = Target("DialogConfig", dialog.id)
            await work.audit.add(change(viewer, "deleteDialogConfig", target, before=dialog_state(dialog)))
            return _deleted(await work.configs.delete_dialog(dialog.id), dialog.id)

    def _api_values(self, changes: Changes) -> dict[str, Any]:
        values = dict(changes)
        _check_texts(values, name=100, default_model=200)
        if "type" in values:
            values["type"] = _api_type(values["type"])
        if "base_url" in values:
            values["base_url"] = _address(values["base_url"])
        _check_times(values, timeout_ms=1_000, first_token_timeout_ms=100, idle_timeout_ms=100)
        if "api_key" in values:
            values |= self._key_values(values.pop("api_key"))
        return values

    def _key_values(self, key: str | None) -> dict[str, str | None]:
        if not key:
            return {"key_sealed": None, "key_hint": None}
        if not key.isascii() or not key.isprintable() or len(key) > 1_000:
            raise BadUserInput("密钥含有无效字符", "The key has characters that cannot be sent.", field="apiKey")
        return {"key_sealed": self._seal(key), "key_hint": key[-HINT_LETTERS:] if len(key) >= MIN_HINTED else None}


def _dialog_values(changes: Changes) -> dict[str, Any]:
    values = dict(changes)
    if "slug" in values and not SLUG.fullmatch(values["slug"] or ""):
        raise BadUserInput(
            "标识须为小写字母、数字、- 或 _", "A slug is lower-case letters, digits, - and _.", field="slug"
        )
    _check_texts(values, role_name=50, prompt=MAX_PROMPT, greeting=2_000, model_name=200)
    return values


def _check_times(values: dict[str, Any], **least: int) -> None:
    for name, lowest in least.items():
        if not lowest <= values.get(name, MAX_TIMEOUT_MS) <= MAX_TIMEOUT_MS:
            field = _camel(name)
            raise BadUserInput(
                f"时间须在 {lowest} 到 {MAX_TIMEOUT_MS} 毫秒之间",
                f"{field} must be {lowest} to {MAX_TIMEOUT_MS}.",
                field=field,
            )


def _check_texts(values: dict[str, Any], **most: int) -> None:
    for name, limit in most.items():
        if values.get(name) is not None:
            clean_text(values[name], field=_camel(name), most=limit)


def _required(changes: Changes, *names: str) -> Changes:
    for name in names:
        if changes.get(name) is None:
            raise BadUserInput("请填写此项", "This is needed.", field=_camel(name))
    return changes


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _api_type(kind: ApiType) -> str:
    if kind is ApiType.DEMO:
        raise BadUserInput("演示助手是内置的，无需配置", "The demonstration is built in.", field="type")
    text: str = kind.value
    return text


def _address(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise BadUserInput("地址须以 http:// 或 https:// 开头", "An http(s) address is needed.", field="baseUrl")
    return url.strip()


async def _check_fallback(work: AssistantWork, values: dict[str, Any], own_id: UUID | None = None) -> None:
    """A chain of fallbacks that comes back to its start would never end."""
    if values.get("fallback_id") is None:
        values.pop("fallback_id", None) if own_id is None else None
        return
    seen, next_id = {own_id}, values["fallback_id"]
    while next_id is not None:
        provider = await work.configs.provider(next_id)
        if provider is None or next_id in seen:
            raise BadUserInput("备用服务无效或形成循环", "No such fallback, or it leads back here.", field="fallbackId")
        seen.add(next_id)
        next_id = provider.config.fallback_id


async def _check_apis(work: AssistantWork, values: dict[str, Any]) -> None:
    for name in ("text_api_id", "image_api_id"):
        if values.get(name) is not None and await work.configs.provider(values[name]) is None:
            raise BadUserInput("没有这个 API 配置", "There is no such api_config.", field=_camel(name))


def _id(text: str) -> UUID:
    return _found(parse_id(text))


def _found(value: T | None) -> T:
    if value is None:
        raise NotFound
    return value


def _deleted(gone: bool, row_id: UUID) -> UUID:
    if not gone:
        raise NotFound
    return row_id


def _taken(field: str) -> Conflict:
    return Conflict("这个名称已被使用", "This name is taken.", field=field)
