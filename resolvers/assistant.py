"""Assistants, their providers and their replies: one call of the domain a field."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import strawberry

from domain.assistant.dialects.words import ApiType
from domain.assistant.models import ApiConfig, DialogConfig, Probe
from domain.assistant.watching import ReplyEvent
from domain.clock import parse_id
from domain.errors import BadUserInput
from resolvers.context import Info
from resolvers.inputs import given

NEVER_NULL = (
    *("name", "type", "base_url", "timeout_ms", "first_token_timeout_ms", "idle_timeout_ms", "enabled"),
    *("slug", "role_name", "prompt"),
)


@strawberry.input(description="A model behind an address. In updates, what is left out stays as it is.")
class ApiConfigInput:
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Name for admins, unique.")
    type: ApiType | None = strawberry.field(default=strawberry.UNSET, description="How the provider is spoken to.")
    base_url: str | None = strawberry.field(default=strawberry.UNSET, description="Root of the provider's API.")
    api_key: str | None = strawberry.field(
        default=strawberry.UNSET, description="Write-only; null removes the stored one."
    )
    default_model: str | None = strawberry.field(
        default=strawberry.UNSET, description="Model, or bot id at Coze; FastGPT needs none."
    )
    timeout_ms: int | None = strawberry.field(
        default=strawberry.UNSET, description="Longest time for a whole answer, 1,000 to 600,000."
    )
    first_token_timeout_ms: int | None = strawberry.field(
        default=strawberry.UNSET, description="Longest time to the first word, 100 to 600,000."
    )
    idle_timeout_ms: int | None = strawberry.field(
        default=strawberry.UNSET, description="Longest silence once it has begun, 100 to 600,000."
    )
    enabled: bool | None = strawberry.field(default=strawberry.UNSET, description="Whether it may be asked.")
    fallback_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The api_config to turn to when this one fails."
    )


@strawberry.input(description="An assistant. In updates, what is left out stays as it is.")
class DialogConfigInput:
    slug: str | None = strawberry.field(default=strawberry.UNSET, description="Short name in the API, unique.")
    role_name: str | None = strawberry.field(default=strawberry.UNSET, description="Name that people see.")
    prompt: str | None = strawberry.field(default=strawberry.UNSET, description="System prompt.")
    greeting: str | None = strawberry.field(default=strawberry.UNSET, description="What it says first.")
    model_name: str | None = strawberry.field(default=strawberry.UNSET, description="Wins over the api_config's model.")
    text_api_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Who answers texts; null: any enabled one."
    )
    image_api_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Who answers images.")
    enabled: bool | None = strawberry.field(default=strawberry.UNSET, description="Whether people may talk to it.")


async def create_api_config(info: Info, input: ApiConfigInput) -> ApiConfig:
    return await info.context.services.configs.create_api(info.context.viewer, _config_changes(input))


async def update_api_config(info: Info, id: strawberry.ID, input: ApiConfigInput) -> ApiConfig:
    return await info.context.services.configs.update_api(info.context.viewer, id, _config_changes(input))


async def delete_api_config(info: Info, id: strawberry.ID) -> UUID:
    return await info.context.services.configs.delete_api(info.context.viewer, id)


async def try_api_config(
    info: Info, id: strawberry.ID, text: str | None = "你好", image_url: str | None = None
) -> Probe:
    return await info.context.services.configs.test_api(id, text or "你好", image_url)


async def create_dialog_config(info: Info, input: DialogConfigInput) -> DialogConfig:
    return await info.context.services.configs.create_dialog(info.context.viewer, _config_changes(input))


async def update_dialog_config(info: Info, id: strawberry.ID, input: DialogConfigInput) -> DialogConfig:
    return await info.context.services.configs.update_dialog(info.context.viewer, id, _config_changes(input))


async def delete_dialog_config(info: Info, id: strawberry.ID) -> UUID:
    return await info.context.services.configs.delete_dialog(info.context.viewer, id)


async def api_configs(info: Info) -> list[ApiConfig]:
    return await info.context.services.config_reads.all_apis()


async def dialog_configs(info: Info) -> list[DialogConfig]:
    return await info.context.services.config_reads.all_dialogs()


async def assistants(info: Info) -> list[DialogConfig]:
    return [dialog for dialog in await dialog_configs(info) if dialog.enabled]


def reply_stream(info: Info, message_id: strawberry.ID, after: str | None = None) -> AsyncGenerator[ReplyEvent, None]:
    return info.context.services.watcher.watch(info.context.viewer, message_id, after)


def config_key(_root: Any, id: strawberry.ID) -> UUID | None:
    return parse_id(id)


def image_api_key(dialog: DialogConfig) -> tuple[UUID | None]:
    return (dialog.image_api_id,)


def _config_changes(input: ApiConfigInput | DialogConfigInput) -> dict[str, Any]:
    changes = given(input)
    for name in ("fallback_id", "text_api_id", "image_api_id"):
        if changes.get(name) is not None:
            changes[name] = parse_id(changes[name]) or _no_such(name)
    for name in NEVER_NULL:
        if name in changes and changes[name] is None:
            del changes[name]
    return changes


def _no_such(name: str) -> UUID:
    field = {"fallback_id": "fallbackId", "text_api_id": "textApiId", "image_api_id": "imageApiId"}[name]
    raise BadUserInput("没有这个 API 配置", "There is no such api_config.", field=field)
