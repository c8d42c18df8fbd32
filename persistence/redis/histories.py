"""What was said last in conversations, kept in Redis for a while: the next question needs it again.

PostgreSQL has the last word: a message is taken from here only if it has not changed since, by its `updated_at`.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
from redis.asyncio import Redis

from domain.chat.models import Message
from persistence.chat_rows import message_of
from persistence.histories import FORGET
from persistence.redis.client import AWAY
from persistence.signals import Signals

PATIENCE_S = 0.25
"""The database is nearly as fast."""
PAUSE_S = 5.0
"""Redis that did not answer is left alone, so that not every question waits for it."""
LEFT_ALONE_S = 60.0
"""After a recall: whoever read the conversation just before may still bring the words that are gone."""

log = logging.getLogger(__name__)


class RedisHistories:
    """Implements `domain.assistant.ports.Histories`."""

    def __init__(self, redis: Redis, kept_s: int) -> None:
        self._redis = redis
        self._kept_s = kept_s
        self._forgetting: set[asyncio.Task[None]] = set()
        self._away_until = 0.0
        self._recalled: dict[UUID, float] = {}

    def follow(self, signals: Signals) -> None:
        signals.on(FORGET, self._forget_soon)

    async def known(self, session_id: UUID) -> list[Message]:
        kept = await self._unless_away(lambda: self._redis.get(_name(session_id)))
        try:
            return [_message_of(fields) for fields in orjson.loads(kept)] if kept is not None else []
        except (KeyError, TypeError, ValueError):  # another version of the program may have written it
            return []

    async def keep(self, session_id: UUID, messages: Sequence[Message]) -> None:
        if monotonic() >= self._recalled.get(session_id, -math.inf) + LEFT_ALONE_S:
            await self._unless_away(lambda: self._redis.set(_name(session_id), _dumped(messages), ex=self._kept_s))

    async def _unless_away(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        if monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await ask()
        except AWAY:
            self._away_until = monotonic() + PAUSE_S
            return None

    def _forget_soon(self, payload: str) -> None:
        session_id, now = UUID(payload), monotonic()
        recent = {recalled: at for recalled, at in self._recalled.items() if at + LEFT_ALONE_S > now}
        self._recalled = recent | {session_id: now}
        forgetting = asyncio.create_task(self._forget(session_id))
        self._forgetting.add(forgetting)
        forgetting.add_done_callback(self._forgetting.discard)

    async def _forget(self, session_id: UUID) -> None:
        try:
            await self._redis.delete(_name(session_id))
        except AWAY as error:
            log.warning("a history was not forgotten, it goes by itself soon: %s", type(error).__name__)


def _dumped(messages: Sequence[Message]) -> bytes:
    # asyncpg's UUIDs are a class of their own
    return orjson.dumps([message._asdict() for message in messages], default=str)


def _name(session_id: UUID) -> str:
    return f"wellmate:history:{session_id}"


def _message_of(fields: dict[str, Any]) -> Message:
    """Back from what orjson makes of a Message."""
    sender = fields["sender_id"]
    known = {
        "session_id": UUID(fields["session_id"]),
        "sender_id": UUID(sender) if sender is not None else None,
        "created_at": datetime.fromisoformat(fields["created_at"]),
        "updated_at": datetime.fromisoformat(fields["updated_at"]),
    }
    return message_of(list((fields | known).values()))
