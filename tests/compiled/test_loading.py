"""A loader of one operation."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiled.loading import Loader


class Shop:
    """Reads that can be held open; `reads` tells their keys."""

    def __init__(self) -> None:
        self.reads: list[list[int]] = []
        self.started: asyncio.Queue[None] = asyncio.Queue()
        self.open = asyncio.Event()
        self.open.set()

    async def read(self, keys: list[int]) -> Sequence[str | Exception]:
        self.reads.append(keys)
        self.started.put_nowait(None)
        await self.open.wait()
        if 13 in keys:
            raise ConnectionError("gone")
        return [KeyError(key) if key < 0 else f"v{key}" for key in keys]


async def test_it_reads_the_keys_of_one_turn_together_and_each_once() -> None:
    shop = Shop()
    loader = Loader(shop.read)
    one, many, two = await asyncio.gather(loader.load(1), loader.load_many([2, 1, 2]), loader.load(2))
    assert (one, many, two) == ("v1", ["v2", "v1", "v2"], "v2")
    assert shop.reads == [[1, 2]]


async def test_it_remembers_what_it_read() -> None:
    shop = Shop()
    loader = Loader(shop.read)
    assert await loader.load_many([1, 2]) == ["v1", "v2"]
    assert await loader.load_many([2, 3, 1]) == ["v2", "v3", "v1"]
    assert shop.reads == [[1, 2], [3]]


async def test_it_joins_a_read_that_is_under_way() -> None:
    shop = Shop()
    shop.open.clear()
    loader = Loader(shop.read)
    first = asyncio.create_task(loader.load_many([1, 2]))
    await shop.started.get()
    second = asyncio.create_task(loader.load_many([2, 3]))
    await shop.started.get()
    shop.open.set()
    assert (await first, await second) == (["v1", "v2"], ["v2", "v3"])
    assert shop.reads == [[1, 2], [3]]


async def test_nothing_to_load_reads_nothing() -> None:
    shop = Shop()
    assert await Loader(shop.read).load_many([]) == []
    assert shop.reads == []


async def test_an_exception_in_place_of_a_value_hurts_only_its_key() -> None:
    loader = Loader(Shop().read)
    good, bad, many = await asyncio.gather(
        loader.load(1), loader.load(-1), loader.load_many([1, -1]), return_exceptions=True
    )
    assert good == "v1"
    assert isinstance(bad, KeyError)
    assert isinstance(many, KeyError)


async def test_a_failed_read_fails_all_its_keys() -> None:
    loader = Loader(Shop().read)
    results = await asyncio.gather(loader.load(1), loader.load(13), return_exceptions=True)
    assert [type(result) for result in results] == [ConnectionError, ConnectionError]
    assert await loader.load(2) == "v2"


async def test_a_read_of_the_wrong_length_is_an_error() -> None:
    async def read(keys: list[int]) -> list[str]:
        return ["one"] * (len(keys) + 1)

    with pytest.raises(ValueError, match="2 values for 1 keys"):
        await Loader(read).load(1)


async def test_a_cancelled_caller_takes_nothing_from_the_others() -> None:
    shop = Shop()
    shop.open.clear()
    loader = Loader(shop.read)
    leaving, staying = asyncio.create_task(loader.load(1)), asyncio.create_task(loader.load(1))
    await shop.started.get()
    leaving.cancel()
    shop.open.set()
    assert await staying == "v1"
    assert leaving.cancelled()
    assert shop.reads == [[1]]


@given(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
async def test_whoever_asks_for_whatever_gets_it_and_no_key_is_read_twice(
    asked: list[list[int]], waits: list[bool]
) -> None:
    shop = Shop()
    loader = Loader(shop.read)

    async def ask(place: int, keys: list[int]) -> list[str]:
        for _ in range(place if waits[place] else 0):
            await asyncio.sleep(0)
        return await loader.load_many(keys)

    answers = await asyncio.gather(*(ask(place, keys) for place, keys in enumerate(asked)))
    assert answers == [[f"v{key}" for key in keys] for keys in asked]
    read = [key for keys in shop.reads for key in keys]
    assert sorted(read) == sorted({key for keys in asked for key in keys})
