"""The growing texts of replies, seen by every process: Redis streams hold them for a while, pushes tell of them.

Redis is a hint here, the database has the last word: without Redis a reply is seen live only where it is generated, and
everywhere else when it ends.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from redis.asyncio import Redis

from domain.assistant.cursors import Cursor
from domain.assistant.pacing import Pace
from domain.chat.models import MessageKey, parse_message_id
from persistence.redis.client import AWAY
from persistence.redis.outbox import Outbox, channel_of
from persistence.redis.pushes import Pushes
from persistence.tails import Growth, Piece, Tail, Tails
from persistence.tasks import end

log = logging.getLogger(__name__)


class RedisFeed:
    """Implements `domain.assistant.ports.Feed` for several processes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._tails = Tails()
        self._pace = Pace()
        self._outbox = Outbox(redis, self._tails, self._lost)
        self._pushes = Pushes(redis, self._heard, self._catch_up_soon)
        self._reading: dict[MessageKey, asyncio.Task[None]] = {}
        self._read_again: set[MessageKey] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        sending = asyncio.create_task(self._outbox.run(), name="outbox")
        listening = asyncio.create_task(self._pushes.run(), name="pushes")
        try:
            yield
        finally:
            await self._outbox.close(sending)
            await end(sending, listening, *self._reading.values())

    async def begin(self, key: MessageKey, attempt: int) -> None:
        if self._tails.begin(key, attempt):
            self._pushes.leave(channel_of(key))
            self._outbox.begin(key, attempt)

    async def append(self, key: MessageKey, attempt: int, text: str) -> None:
        if tail := self._tails.written(key, attempt):
            tail.take(Piece(attempt, len(tail.text), text))
            self._outbox.note(key)

    async def end(self, key: MessageKey, attempt: int) -> None:
        if tail := self._tails.written(key, attempt):
            self._tails.end(tail, key)
            self._outbox.note(key)

    async def release(self, key: MessageKey) -> None:
        tail = self._tails.get(key)
        if tail is not None and not tail.over:
            self._outbox.forget(key)
        self._tails.release(key)

    async def said(self, key: MessageKey) -> str:
        tail = self._tails.open(key)
        await self._catch_up(key)
        self._tails.leave(key)
        return tail.text

    async def follow(
        self, key: MessageKey, after: Cursor | None, *, patience_s: float
    ) -> AsyncGenerator[Growth | None, None]:
        tail = self._tails.open(key)
        tail.watchers += 1
        try:
            self._listen(key, tail)
            with self._pace.joined():
                async with aclosing(tail.grow(after, patience_s)) as growths:
                    async for growth in growths:
                        if growth is None:
                            await self._look_after(key, tail)
                        yield growth
                        await self._rest(tail)
        finally:
            tail.watchers -= 1
            if not tail.watchers:
                self._pushes.leave(channel_of(key))
            self._tails.leave(key)

    async def _rest(self, tail: Tail) -> None:
        """Whoever generates elsewhere does not know how many watch here."""
        if not tail.writing:
            await self._pace.rest()

    async def _look_after(self, key: MessageKey, tail: Tail) -> None:
        """It is silent: a push may have been lost, or another process may generate it by now."""
        self._listen(key, tail)
        await self._catch_up(key)

    def _listen(self, key: MessageKey, tail: Tail) -> None:
        if not tail.writing:
            self._pushes.follow(channel_of(key))

    def _lost(self, key: MessageKey) -> None:
        """Another process generates it by now."""
        tail = self._tails.get(key)
        if tail is not None:
            tail.writing, tail.over, tail.kept = 0, False, False
            if tail.watchers:
                self._listen(key, tail)
            self._tails.leave(key)

    def _heard(self, channel: str, data: bytes) -> None:
        key = _key_of(channel)
        tail = self._tails.get(key) if key is not None else None
        if key is None or tail is None:
            return
        place, over, text = data.decode().split(" ", 2)
        if not tail.take(_piece(place, over, text)):
            self._read_soon(key)
        self._note_overtaking(key, tail)

    def _catch_up_soon(self, channel: str) -> None:
        key = _key_of(channel)
        if key is not None:
            self._read_soon(key)

    def _read_soon(self, key: MessageKey) -> asyncio.Task[None]:
        """One read at a time for each reply, begun after the newest wish for it."""
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.create_task(self._read_until_current(key))
            reading.add_done_callback(lambda _: self._reading.pop(key))
        else:
            self._read_again.add(key)
        return reading

    async def _read_until_current(self, key: MessageKey) -> None:
        await self._read(key)
        while key in self._read_again:
            self._read_again.discard(key)
            await self._read(key)

    async def _catch_up(self, key: MessageKey) -> None:
        await asyncio.shield(self._read_soon(key))

    async def _read(self, key: MessageKey) -> None:
        """What the stream has beyond what is known here."""
        tail = self._tails.get(key)
        if tail is None:
            return
        start = f"({tail.attempt}-{len(tail.text)}" if tail.attempt else "-"
        try:
            entries: list[Any] = await self._redis.xrange(channel_of(key), min=start) or []
        except AWAY as error:
            log.debug("a stream could not be read: %s", type(error).__name__)
            return
        for place, fields in entries:
            tail.take(_piece(place.decode(), fields[b"over"].decode(), fields[b"text"].decode()))
        self._note_overtaking(key, tail)

    def _note_overtaking(self, key: MessageKey, tail: Tail) -> None:
        if tail.attempt > tail.writing > 0:
            self._lost(key)


def _piece(place: str, over: str, text: str) -> Piece:
    attempt, end = map(int, place.split("-"))
    is_over = over == "1"
    return Piece(attempt, end - len(text) - is_over, text, is_over)


def _key_of(channel: str) -> MessageKey | None:
    return parse_message_id(channel.rpartition(":")[2])
