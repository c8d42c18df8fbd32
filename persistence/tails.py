"""The growing end of replies in this process: one text a reply, watched by any number of readers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple

from domain.assistant.cursors import Cursor
from domain.chat.models import MessageKey
from domain.timers import Timer

KEPT_S = 60.0
"""Somebody may have asked the database just before the end, and comes to watch just after it."""


class Growth(NamedTuple):
    """Text from a watcher's position on; from the start when `reset`."""

    cursor: Cursor
    text: str
    reset: bool


class Piece(NamedTuple):
    """What an attempt said from position `start` on; nothing follows when it is `over`."""

    attempt: int
    start: int
    text: str
    over: bool = False

    @property
    def end(self) -> int:
        """The end of a reply takes a position too."""
        return self.start + len(self.text) + self.over


class Ear:
    """One watcher's: hears of changes, and of silences of `patience_s`."""

    __slots__ = ("_patience_s", "_timer", "_waiting")

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._timer = Timer(lambda: self._settle(changed=False))
        self._waiting: asyncio.Future[bool] | None = None

    async def change(self) -> bool:
        """Waits for one; False after a silence."""
        self._waiting = asyncio.get_running_loop().create_future()
        self._timer.set(monotonic() + self._patience_s)
        return await self._waiting

    def touch(self) -> None:
        self._settle(changed=True)

    def close(self) -> None:
        self._timer.close()

    def _settle(self, *, changed: bool) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(changed)


@dataclass(slots=True)
class Tail:
    """A slow watcher costs nothing: it finds all it missed as one piece of text.

    `writing`: the attempt that is generated in this process, 0 when none is. `kept`: it ended here a moment ago.
    """

    attempt: int = 0
    text: str = ""
    over: bool = False
    writing: int = 0
    kept: bool = False
    watchers: int = 0
    _ears: set[Ear] = field(default_factory=set)

    def take(self, piece: Piece) -> bool:
        """False when something before the piece is missing. What is known, or of an older attempt, changes nothing."""
        if piece.attempt < self.attempt:
            return True
        is_new = piece.attempt > self.attempt
        known = 0 if is_new else len(self.text)
        if piece.start > known:
            return False
        if is_new:
            self.attempt, self.text, self.over = piece.attempt, "", False
        fresh = piece.text[known - piece.start :]
        if fresh or is_new or piece.over > self.over:
            self.text += fresh
            self.over = self.over or piece.over
            self._touch()
        return True

    def growth(self, seen: Cursor | None) -> Growth | None:
        """What a watcher at `seen` has not had yet."""
        here = Cursor(self.attempt, len(self.text))
        if seen is not None and seen.attempt != self.attempt:
            return Growth(here, self.text, reset=True) if seen.attempt < self.attempt else None
        missing = self.text[seen.position if seen is not None else 0 :]
        return Growth(here, missing, reset=False) if missing else None

    async def grow(self, after: Cursor | None, patience_s: float) -> AsyncGenerator[Growth | None, None]:
        """Ends when the reply does. None after each `patience_s` of silence."""
        seen, ear = after, Ear(patience_s)
        self._ears.add(ear)
        try:
            while True:
                if growth := self.growth(seen):
                    seen = growth.cursor
                    yield growth
                elif self.over:
                    return
                elif not await ear.change():
                    yield None
        finally:
            self._ears.discard(ear)
            ear.close()

    def _touch(self) -> None:
        for ear in self._ears:
            ear.touch()


class Tails:
    """Those that somebody writes or watches here."""

    def __init__(self) -> None:
        self._tails: dict[MessageKey, Tail] = {}

    def __len__(self) -> int:
        return len(self._tails)

    def open(self, key: MessageKey) -> Tail:
        return self._tails.setdefault(key, Tail())

    def get(self, key: MessageKey) -> Tail | None:
        return self._tails.get(key)

    def written(self, key: MessageKey, attempt: int) -> Tail | None:
        """None unless the attempt is generated here and no later one is known of."""
        tail = self._tails.get(key)
        return tail if tail is not None and tail.writing == attempt == tail.attempt else None

    def begin(self, key: MessageKey, attempt: int) -> bool:
        """False when a later attempt is known of."""
        tail = self.open(key)
        tail.take(Piece(attempt, 0, ""))
        if tail.attempt != attempt:
            return False
        tail.writing = attempt
        return True

    def end(self, tail: Tail, key: MessageKey) -> None:
        tail.take(Piece(tail.attempt, len(tail.text), "", over=True))
        tail.writing, tail.kept = 0, True
        asyncio.get_running_loop().call_later(KEPT_S, self._let_go, tail, key)

    def release(self, key: MessageKey) -> None:
        """It is no longer generated here."""
        tail = self._tails.get(key)
        if tail is not None:
            tail.writing = 0
            self.leave(key)

    def leave(self, key: MessageKey) -> None:
        tail = self._tails.get(key)
        if tail is not None and not (tail.watchers or tail.writing or tail.kept):
            del self._tails[key]

    def _let_go(self, tail: Tail, key: MessageKey) -> None:
        tail.kept = False
        self.leave(key)


class LocalFeed:
    """Implements `domain.assistant.ports.Feed` where one process does everything."""

    def __init__(self) -> None:
        self._tails = Tails()

    async def begin(self, key: MessageKey, attempt: int) -> None:
        self._tails.begin(key, attempt)

    async def append(self, key: MessageKey, attempt: int, text: str) -> None:
        if tail := self._tails.written(key, attempt):
            tail.take(Piece(attempt, len(tail.text), text))

    async def end(self, key: MessageKey, attempt: int) -> None:
        if tail := self._tails.written(key, attempt):
            self._tails.end(tail, key)

    async def release(self, key: MessageKey) -> None:
        self._tails.release(key)

    async def said(self, key: MessageKey) -> str:
        tail = self._tails.get(key)
        return tail.text if tail is not None else ""

    async def follow(
        self, key: MessageKey, after: Cursor | None, *, patience_s: float
    ) -> AsyncGenerator[Growth | None, None]:
        tail = self._tails.open(key)
        tail.watchers += 1
        try:
            async with aclosing(tail.grow(after, patience_s)) as growths:
                async for growth in growths:
                    yield growth
        finally:
            tail.watchers -= 1
            self._tails.leave(key)
