"""What this process generates, on its way to Redis: a stream a reply, whose ids are `attempt-position`.

Nothing waits for Redis. Whatever comes while a write is under way goes into the next one, and since the tails hold the
whole texts, everything can be said again when Redis was away, or lost what it had.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from domain.chat.models import MessageKey, message_id
from persistence.redis.client import AWAY
from persistence.tails import Piece, Tail, Tails

KEPT_S = 900
PAUSE_S = 0.5
REST_S_PER_ENTRY, LONGEST_REST_S = 0.0002, 0.1
LAST_WORDS_S = 2.0

# An entry goes in only behind the one that it continues, the first of an attempt only behind older attempts: so an
# attempt that was given up cannot write any more, and what Redis lost is noticed. Returns the id that stands last.
ADD = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local id = last and last[1] or '0-0'
local fits = id == ARGV[1]
if ARGV[1] == '' then
  fits = tonumber(string.match(id, '^%d+')) < tonumber(string.match(ARGV[2], '^%d+'))
end
if not fits then return id end
redis.call('XADD', KEYS[1], ARGV[2], 'over', ARGV[3], 'text', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('PUBLISH', KEYS[1], ARGV[2] .. ' ' .. ARGV[3] .. ' ' .. ARGV[4])
return ARGV[2]
"""

log = logging.getLogger(__name__)


def channel_of(key: MessageKey) -> str:
    """The name of the stream, and of the channel."""
    return f"wellmate:reply:{message_id(key.session_id, key.seq)}"


@dataclass(slots=True)
class Sent:
    """How much of an attempt stands in Redis; `position` None: nothing."""

    attempt: int
    position: int | None = None

    def missing(self, tail: Tail) -> Piece | None:
        start = self.position or 0
        if self.position is not None and start >= len(tail.text) + tail.over:
            return None
        return Piece(self.attempt, start, tail.text[start:], tail.over)

    @property
    def id(self) -> str:
        return f"{self.attempt}-{self.position}" if self.position is not None else ""


class Entry(NamedTuple):
    key: MessageKey
    sent: Sent
    piece: Piece


class Outbox:
    """`refused` is told of replies that another process generates by now."""

    def __init__(self, redis: Redis, tails: Tails, refused: Callable[[MessageKey], None]) -> None:
        self._redis = redis
        self._tails = tails
        self._refused = refused
        self._script: AsyncScript = redis.register_script(ADD)
        self._sent: dict[MessageKey, Sent] = {}
        self._grown: set[MessageKey] = set()
        self._woken = asyncio.Event()
        self._closing = False
        self._is_away = False

    def begin(self, key: MessageKey, attempt: int) -> None:
        self._sent[key] = Sent(attempt)
        self.note(key)

    def note(self, key: MessageKey) -> None:
        """The tail of the reply has grown."""
        self._grown.add(key)
        self._woken.set()

    def forget(self, key: MessageKey) -> None:
        self._sent.pop(key, None)

    async def run(self) -> None:
        """Until `close`."""
        while self._grown or not self._closing:
            await self._woken.wait()
            self._woken.clear()
            await self._send()

    async def close(self, running: asyncio.Task[None]) -> None:
        """Sends what is left, unless Redis is away."""
        self._closing = True
        self._woken.set()
        await asyncio.wait({running}, timeout=LAST_WORDS_S)

    async def _send(self) -> None:
        entries = self._entries()
        try:
            answers = await self._write(entries)
        except AWAY as error:
            self._note_absence(error)
            for entry in entries:
                self.note(entry.key)
            await asyncio.sleep(PAUSE_S)
            return
        if entries and self._is_away:
            self._is_away = False
            log.warning("Redis is back")
        for entry, answer in zip(entries, answers, strict=True):
            self._settle(entry, answer.decode())
        await asyncio.sleep(min(len(entries) * REST_S_PER_ENTRY, LONGEST_REST_S))

    def _note_absence(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("Redis is away, other processes see replies when they end: %s", type(error).__name__)
        self._is_away = True

    def _entries(self) -> list[Entry]:
        grown, self._grown = self._grown, set()
        return [entry for key in grown if (entry := self._entry(key)) is not None]

    def _entry(self, key: MessageKey) -> Entry | None:
        sent, tail = self._sent.get(key), self._tails.get(key)
        if sent is None or tail is None or tail.attempt != sent.attempt:
            self.forget(key)
            return None
        piece = sent.missing(tail)
        return Entry(key, sent, piece) if piece is not None else None

    async def _write(self, entries: list[Entry]) -> list[Any]:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for key, sent, piece in entries:
                await self._script([channel_of(key)], _values(sent, piece), client=pipeline)
            return await pipeline.execute() if entries else []

    def _settle(self, entry: Entry, last: str) -> None:
        """`last`: the id that stands at the end of the stream now."""
        attempt, position = map(int, last.split("-"))
        key, sent, piece = entry
        if attempt > sent.attempt:
            self.forget(key)
            self._refused(key)
            return
        sent.position = position if attempt == sent.attempt else None
        if sent.position != piece.end:
            self.note(key)
        elif piece.over:
            self.forget(key)


def _values(sent: Sent, piece: Piece) -> list[str | int]:
    return [sent.id, f"{piece.attempt}-{piece.end}", int(piece.over), piece.text, KEPT_S]
