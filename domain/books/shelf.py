"""Every book in the memory of this process: admins write few, everybody reads them."""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic

from domain.books.models import TreasureBook
from domain.books.ports import BookReads

FRESH_S = 60.0
"""Somebody always hears of a change, but for a process that is cut off from the database."""


class Shelf:
    def __init__(self, reads: BookReads, now: Callable[[], float] = monotonic) -> None:
        self._reads = reads
        self._now = now
        self._books: Sequence[TreasureBook] | None = None
        self._read_at = 0.0
        self._changes = 0
        self._reading = asyncio.Lock()

    async def books(self) -> Sequence[TreasureBook]:
        """In their order."""
        if (fresh := self._fresh()) is not None:
            return fresh
        async with self._reading:
            while (fresh := self._fresh()) is None:
                await self._read()
            return fresh

    def forget(self) -> None:
        """Something has changed: what is being read now may be from before."""
        self._changes += 1
        self._books = None

    def _fresh(self) -> Sequence[TreasureBook] | None:
        return self._books if self._now() - self._read_at < FRESH_S else None

    async def _read(self) -> None:
        changes, began = self._changes, self._now()
        found = sorted(await self._reads.all(), key=lambda book: book.place)
        if changes == self._changes:
            self._books, self._read_at = found, began
