"""What was asked of a provider and what came back, for admins: never a key, never a signed address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.assistant.dialects.words import Prompt
from domain.assistant.models import AiInteraction, RunStatus
from domain.chat.models import MessageKey
from domain.paging import Page


@dataclass(frozen=True, slots=True)
class InteractionFilter:
    session_id: UUID | None = None
    status: RunStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


class InteractionStore(Protocol):
    async def write(self, interaction: AiInteraction) -> None:
        """Stores it, or what has become of it since it was stored."""

    async def forget(self, key: MessageKey) -> None:
        """Contents of what was asked with the message in it go, and do not come back with the answer; figures stay."""

    async def note(self, said: Mapping[UUID, str]) -> None:
        """What each has brought so far, unless it is over or its contents are to be forgotten."""

    async def said(self, key: MessageKey) -> str:
        """What is known of the newest attempt that said something."""


class InteractionReads(Protocol):
    async def interactions(
        self, wanted: InteractionFilter, *, limit: int, after: str | None
    ) -> Page[AiInteraction]: ...


def request_of(prompt: Prompt) -> dict[str, Any]:
    """What was asked, without the addresses of pictures: they are signed."""
    messages = [
        {"role": turn.role, "content": turn.text} | ({"images": len(turn.image_urls)} if turn.image_urls else {})
        for turn in prompt.turns
    ]
    return {"model": prompt.model, "messages": messages}
