"""Which api_config answers for an assistant."""

from datetime import UTC, datetime
from uuid import UUID

from domain.assistant.dialects.words import ApiType
from domain.assistant.models import ApiConfig, DialogConfig, Provider
from domain.assistant.ports import ConfigStore

START = datetime(2026, 1, 1, tzinfo=UTC)
DEMO = Provider(
    ApiConfig(UUID(int=0), "demo", ApiType.DEMO, "", None, None, 120_000, True, None, START, START), key_sealed=None
)


async def choose(configs: ConfigStore, dialog: DialogConfig) -> Provider:
    """The dialog's own one, else the oldest that is enabled; the demonstration only where no real one is."""
    if dialog.text_api_id is not None:
        own = await configs.provider(dialog.text_api_id)
        if own is not None and own.config.enabled:
            return own
    enabled = await configs.enabled_providers()
    return first_real(enabled) or DEMO


def first_real(providers: list[Provider]) -> Provider | None:
    answers_text = (ApiType.FASTGPT, ApiType.OPENAI_COMPATIBLE, ApiType.COZE, ApiType.STEP_VISION)
    ranked = sorted(
        (provider for provider in providers if provider.config.type in answers_text),
        key=lambda provider: answers_text.index(provider.config.type),
    )
    return ranked[0] if ranked else None
