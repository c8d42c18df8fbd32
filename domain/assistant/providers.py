"""Which api_configs answer for an assistant, in which order, and which of them are left alone for a while."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.assistant.breaker import counts, pause_after
from domain.assistant.dialects.words import ApiType, Failure
from domain.assistant.models import ApiConfig, DialogConfig, Provider
from domain.assistant.ports import AssistantWork, ConfigStore
from domain.assistant.storing import stored
from domain.chat.ports import OpensWork
from domain.clock import Clock

START = datetime(2026, 1, 1, tzinfo=UTC)
DEMO = Provider(
    ApiConfig(UUID(int=0), "demo", ApiType.DEMO, "", None, None, 120_000, True, None, START, START), key_sealed=None
)
BY_PREFERENCE = (ApiType.FASTGPT, ApiType.OPENAI_COMPATIBLE, ApiType.COZE, ApiType.STEP_VISION)
PROBE_TIME = timedelta(seconds=30)


async def chain(configs: ConfigStore, dialog: DialogConfig) -> list[Provider]:
    """The dialog's own one, else the best enabled one, then its fallbacks; the demonstration only where none is."""
    enabled = {provider.config.id: provider for provider in await configs.enabled_providers()}
    first = enabled.get(dialog.text_api_id) if dialog.text_api_id is not None else None
    return with_fallbacks(first or preferred(list(enabled.values())), enabled) or [DEMO]


async def seeing_chain(configs: ConfigStore, dialog: DialogConfig) -> list[Provider]:
    """Who answers pictures, with fallbacks; empty where nobody can look at them."""
    enabled = {provider.config.id: provider for provider in await configs.enabled_providers()}
    first = seeing(dialog.image_api_id, [provider.config for provider in enabled.values()])
    return [DEMO] if first is DEMO.config else with_fallbacks(enabled[first.id] if first else None, enabled)


def seeing(image_api_id: UUID | None, enabled: Sequence[ApiConfig]) -> ApiConfig | None:
    """The one that is named for pictures, else a Step-Vision: whether another one sees, only an admin knows."""
    if not enabled:
        return DEMO.config
    named = [config for config in enabled if config.id == image_api_id]
    return next(iter([*named, *(config for config in enabled if config.type is ApiType.STEP_VISION)]), None)


def preferred(enabled: list[Provider]) -> Provider | None:
    known = [provider for provider in enabled if provider.config.type in BY_PREFERENCE]
    return min(known, key=lambda provider: BY_PREFERENCE.index(provider.config.type), default=None)


def with_fallbacks(first: Provider | None, enabled: dict[UUID, Provider]) -> list[Provider]:
    """Each once, even if the fallbacks lead back."""
    found: list[Provider] = []
    following = first
    while following is not None and following not in found:
        found.append(following)
        fallback_id = following.config.fallback_id
        following = enabled.get(fallback_id) if fallback_id is not None else None
    return found


class ProviderHealth:
    """The circuit breakers, in the database and so the same for all processes."""

    def __init__(self, work: OpensWork[AssistantWork], clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def may_be_asked(self, provider: Provider) -> bool:
        retry_at = provider.config.retry_at
        if retry_at is None:
            return True
        if retry_at > self._clock():
            return False
        until = self._clock() + PROBE_TIME
        return await stored(self._work, lambda work: work.configs.probe(provider.config.id, until))

    async def note(self, provider: Provider, failure: Failure | None) -> None:
        """A success is only written when failures came before it."""
        if provider is DEMO:
            return
        if failure is not None and counts(failure.code):
            await stored(self._work, lambda work: self._note_failure(work, provider.config.id, failure))
        elif provider.config.failures:
            await stored(self._work, lambda work: work.configs.record_success(provider.config.id))

    async def _note_failure(self, work: AssistantWork, api_id: UUID, failure: Failure) -> None:
        pause = pause_after(await work.configs.record_failure(api_id))
        if pause is not None:
            asked_for = timedelta(seconds=failure.retry_after_s or 0)
            await work.configs.pause(api_id, self._clock() + max(pause, asked_for))
