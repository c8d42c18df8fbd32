"""One question to one provider: the pieces of its answer as text, and what else it brought."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass

from domain.assistant.dialects.words import (
    ApiType,
    Cite,
    Dialect,
    Endpoint,
    Event,
    Failure,
    Model,
    Opened,
    Prompt,
    Text,
    Usage,
)
from domain.assistant.models import Provider
from domain.assistant.talk import talk
from domain.chat.models import Citation
from domain.outbound import Outbound

MARGIN_S = 5.0
"""The deadlines of replies come first: they see keep-alives as well."""


@dataclass(slots=True)
class Heard:
    """What an answer brought besides its text."""

    status: int | None = None
    citations: tuple[Citation, ...] = ()
    usage: Usage | None = None
    model: str | None = None
    failure: Failure | None = None

    def note(self, event: Event) -> str:
        """The text of the event, empty where it has none."""
        match event:
            case Text(text):
                return text
            case Opened(status):
                self.status = status
            case Cite(citations):
                self.citations = citations
            case Usage():
                self.usage = event
            case Model(name):
                self.model = name
            case Failure():
                self.failure = event
        return ""


class Vendor:
    """`unseal` opens a stored key."""

    def __init__(self, outbound: Outbound, unseal: Callable[[str], str], dialects: Mapping[ApiType, Dialect]) -> None:
        self._outbound = outbound
        self._unseal = unseal
        self._dialects = dialects

    async def ask(self, provider: Provider, prompt: Prompt, heard: Heard) -> AsyncGenerator[str, None]:
        """The pieces of the answer as they come, "" as a sign of life; what else it brought stands in `heard`."""
        dialect = self._dialects[provider.config.type]
        config = provider.config
        idle_s = max(config.first_token_timeout_ms, config.idle_timeout_ms) / 1000 + MARGIN_S
        async with aclosing(
            talk(self._outbound, dialect, self._endpoint(provider), prompt, idle_s=idle_s)
        ) as conversation:
            async for event in conversation:
                yield heard.note(event)

    def _endpoint(self, provider: Provider) -> Endpoint:
        config = provider.config
        key = self._unseal(provider.key_sealed) if provider.key_sealed else ""
        return Endpoint(config.type, config.base_url, key, config.default_model)
