"""Listening to Redis: one pub/sub connection a process for all channels, opened again when it breaks."""

import asyncio
import logging
from collections.abc import Callable

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

ALIVE = "wellmate:alive"
"""Nothing is said here: it keeps a connection without wishes in the listening state."""
SILENCE_S = 5.0
PAUSE_S = 0.5

log = logging.getLogger(__name__)


class Pushes:
    """A push is a hint that may be lost: `subscribed` is called each time listening to a channel begins (anew)."""

    def __init__(self, redis: Redis, heard: Callable[[str, bytes], None], subscribed: Callable[[str], None]) -> None:
        self._redis = redis
        self._heard = heard
        self._subscribed = subscribed
        self._wanted: set[str] = set()
        self._current: set[str] = set()
        self._changed = asyncio.Event()
        self._is_heard = True

    def follow(self, channel: str) -> None:
        if channel not in self._wanted:
            self._wanted.add(channel)
            self._changed.set()
            if channel in self._current:
                self._subscribed(channel)

    def leave(self, channel: str) -> None:
        if channel in self._wanted:
            self._wanted.discard(channel)
            self._changed.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self._converse()
            except* Exception as errors:  # a PubSub that breaks while it is written to raises what it likes
                if self._is_heard:
                    log.warning("listening to Redis broke: %s", type(errors.exceptions[0]).__name__)
            self._is_heard = False
            await asyncio.sleep(PAUSE_S)

    async def _converse(self) -> None:
        async with self._redis.pubsub() as connection:
            await connection.subscribe(ALIVE)
            self._is_heard = True
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._subscribe(connection))
                tasks.create_task(self._hear(connection))

    async def _subscribe(self, connection: PubSub) -> None:
        """Wishes that come together go out together."""
        self._current.clear()
        while True:
            self._changed.clear()
            wanted = set(self._wanted)
            if new := wanted - self._current:
                await connection.subscribe(*new)
            if old := self._current - wanted:
                await connection.unsubscribe(*old)
            self._current = wanted
            await self._changed.wait()

    async def _hear(self, connection: PubSub) -> None:
        """A connection cut in the middle of the network says nothing: so it is asked now and then."""
        is_asked = False
        while True:
            message = await connection.get_message(timeout=SILENCE_S)
            if message is None and is_asked:
                raise ConnectionError("Redis does not answer")
            is_asked = message is None
            if message is None:
                await connection.ping()
            elif message["type"] == "message":
                self._heard(message["channel"].decode(), message["data"])
            elif message["type"] == "subscribe":
                self._subscribed(message["channel"].decode())
