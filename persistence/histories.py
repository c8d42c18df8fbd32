"""What was said last in conversations, where it is kept nowhere but in the database."""

from collections.abc import Sequence
from uuid import UUID

from domain.chat.models import Message
from persistence.signals import Signals

FORGET = "forget-history"
"""The signal that a message was taken back, or a session deleted: its words have to go."""


class NoHistories:
    """Where nothing is kept."""

    def follow(self, signals: Signals) -> None:
        return None

    async def known(self, session_id: UUID) -> list[Message]:
        return []

    async def keep(self, session_id: UUID, messages: Sequence[Message]) -> None:
        return None
