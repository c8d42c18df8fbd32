"""The shelf …"""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from domain.books.models import TreasureBook
from domain.books.shelf import FRESH_S, Shelf

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def book(title: str) -> TreasureBook:
    return TreasureBook(UUID(int=1), title, "https://a", None, None, None, 0, True, NOW, NOW)


class Store:
    """Answers when `answering` is set, with what stood there when it was asked."""

    def __init__(self) -> None:
        self.title = "old"
        self.asked = 0
        self.was_asked = asyncio.Event()
        self.answering = asyncio.Event()
        self.answering.set()

    async def all(self) -> list[TreasureBook]:
        self.asked += 1
        self.was_asked.set()
        found = [book(self.title)]
        await self.answering.wait()
        return found


async def titles(shelf: Shelf) -> list[str]:
    return [each.title for each in await shelf.books()]


async def test_is_read_once_for_all_who_ask() -> None:
    store = Store()
    shelf = Shelf(store)
    assert await asyncio.gather(*(titles(shelf) for _ in range(50))) == [["old"]] * 50
    assert store.asked == 1


async def test_is_read_anew_after_a_change() -> None:
    store = Store()
    shelf = Shelf(store)
    await titles(shelf)
    store.title = "new"
    assert await titles(shelf) == ["old"]
    shelf.forget()
    assert await titles(shelf) == ["new"]


async def test_never_keeps_what_was_read_before_a_change() -> None:
    store = Store()
    store.answering.clear()
    shelf = Shelf(store)
    reading = asyncio.create_task(titles(shelf))
    await store.was_asked.wait()
    store.title = "new"
    shelf.forget()
    store.answering.set()
    assert await reading == ["new"]
    assert await titles(shelf) == ["new"]


async def test_is_read_anew_in_time_though_nobody_told_of_a_change() -> None:
    store, clock = Store(), [1000.0]
    shelf = Shelf(store, lambda: clock[0])
    await titles(shelf)
    store.title = "new"
    clock[0] += FRESH_S - 1
    assert await titles(shelf) == ["old"]
    clock[0] += 1
    assert await titles(shelf) == ["new"]
