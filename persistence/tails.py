"""The growing end of replies in this process: one text a reply, watched by any number of readers."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.assistant.cursors import Cursor
from domain.chat.models import MessageKey

KEPT_S = 60.0


class Growth(NamedTuple):
    """Text from a watcher's position on; from the start when `reset`."""

    cursor: Cursor
    text: str
    reset: bool


@dataclass(slots=True)
class Tail:
    """A slow watcher costs nothing: it finds all it missed as one piece of text."""

    attempt: int = 0
    text: str = ""
    over: bool = False
    watchers: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def touch(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def growth(self, seen: Cursor | None) -> Growth | None:
        """What a watcher at `seen` has not had yet."""
        here = Cursor(self.attempt, len(self.text))
        if seen is not None and seen.attempt != self.attempt:
            return Growth(here, self.text, reset=True) if seen.attempt < self.attempt else None
        missing = self.text[seen.position if seen is not None else 0 :]
        return Growth(here, missing, reset=False) if missing else None


class LocalFeed:
    """Implements `domain.assistant.ports.Feed` where one process does everything."""

    def __init__(self) -> None:
        self._tails: dict[MessageKey, Tail] = {}

    async def begin(self, key: MessageKey, attempt: int) -> None:
        tail = self._tails.setdefault(key, Tail())
        if attempt > tail.attempt:
            tail.attempt, tail.text, tail.over = attempt, "", False
            tail.touch()

    async def append(self, key: MessageKey, attempt: int, text: str) -> None:
        tail = self._tails.get(key)
        if tail is not None and tail.attempt == attempt:
            tail.text += text
            tail.touch()

    async def said(self, key: MessageKey) -> str:
        tail = self._tails.get(key)
        return tail.text if tail is not None else ""

    async def end(self, key: MessageKey, attempt: int) -> None:
        tail = self._tails.get(key)
        if tail is not None and tail.attempt == attempt:
            tail.over = True
            tail.touch()
            asyncio.get_running_loop().call_later(KEPT_S, self._forget, key)

    async def follow(
        self, key: MessageKey, after: Cursor | None, *, patience_s: float
    ) -> AsyncGenerator[Growth | None, None]:
        tail = self._tails.setdefault(key, Tail())
        tail.watchers += 1
        try:
            seen = after
            while True:
                changed = tail.changed
                if growth := tail.growth(seen):
                    seen = growth.cursor
                    yield growth
                elif tail.over:
                    return
                elif not await _within(changed, patience_s):
                    yield None
        finally:
            tail.watchers -= 1
            self._forget(key)

    def _forget(self, key: MessageKey) -> None:
        tail = self._tails.get(key)
        if tail is not None and not tail.watchers and (tail.over or not tail.attempt):
            del self._tails[key]


async def _within(changed: asyncio.Event, patience_s: float) -> bool:
    try:
        async with asyncio.timeout(patience_s):
            await changed.wait()
    except TimeoutError:
        return False
    return True
