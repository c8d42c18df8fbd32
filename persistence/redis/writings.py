"""Who has written a moment ago, told to all processes by Redis."""

import logging
from uuid import UUID

from redis.asyncio import Redis

from persistence.redis.client import AWAY

log = logging.getLogger(__name__)


class RedisWritings:
    """Implements `persistence.replica.Writings`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def may_have(self, user_id: UUID) -> bool:
        try:
            return bool(await self._redis.exists(_name(user_id)))
        except AWAY:
            return True

    async def tell(self, user_id: UUID, told_ms: int) -> None:
        try:
            await self._redis.set(_name(user_id), b"", px=told_ms)
        except AWAY as error:
            log.debug("a writing could not be told: %s", type(error).__name__)


def _name(user_id: UUID) -> str:
    return f"wellmate:wrote:{user_id}"
