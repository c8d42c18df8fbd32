"""Reads of concurrent requests, merged."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiled.merge import MAX_UNDER_WAY, Merged
from tests.examples import examples


class Shop:
    """Reads stay open until they are let go; keys below zero fail every read that they are part of."""

    def __init__(self, max_keys: int = 1_000, long_s: float = 60.0) -> None:
        self.reads: list[list[int]] = []
        self.open: list[asyncio.Event] = []
        self.most_open = 0
        self.version = 0
        self.merged = Merged(self.read, max_keys, long_s)

    async def read(self, keys: Sequence[int]) -> list[str]:
        self.reads.append(list(keys))
        seen, event = self.version, asyncio.Event()
        self.open.append(event)
        self.most_open = max(self.most_open, len(self.open))
        try:
            await event.wait()
        finally:
            self.open.remove(event)
        if any(key < 0 for key in keys):
            raise ConnectionError(f"{keys}")
        return [f"{key} of version {seen}" for key in keys]

    async def let_go(self, which: int = 0) -> None:
        self.open[which % len(self.open)].set()
        await turns()

    async def let_all_go(self) -> None:
        while self.open:
            await self.let_go()

    def ask(self, *keys: int) -> asyncio.Task[Sequence[str]]:
        return asyncio.ensure_future(self.merged(keys))

    async def ask_first(self, *keys: int) -> asyncio.Task[Sequence[str]]:
        """The read of these keys is under way."""
        first = self.ask(*keys)
        await turns()
        return first


async def turns() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


async def test_with_little_to_do_each_request_reads_at_once() -> None:
    shop = Shop()
    first = shop.ask(1, 2)
    await turns()
    await shop.let_all_go()
    second = shop.ask(2, 3)
    await turns()
    assert shop.reads == [[1, 2], [2, 3]]
    await shop.let_all_go()
    assert await first == ["1 of version 0", "2 of version 0"]
    assert await second == ["2 of version 0", "3 of version 0"]


async def test_what_comes_in_one_turn_goes_together() -> None:
    shop = Shop()
    asked = [shop.ask(1), shop.ask(3, 4), shop.ask(4, 5)]
    await turns()
    assert shop.reads == [[1, 3, 4, 5]]
    await shop.let_all_go()
    assert [len(values) for values in await asyncio.gather(*asked)] == [1, 2, 2]


async def test_what_comes_while_a_read_is_under_way_goes_together() -> None:
    shop = Shop()
    asked = [await shop.ask_first(1), shop.ask(3, 4), shop.ask(4, 5), shop.ask(6)]
    await turns()
    assert shop.reads == [[1]]
    await shop.let_go()
    assert shop.reads == [[1], [3, 4, 5, 6]]
    await shop.let_all_go()
    assert [len(values) for values in await asyncio.gather(*asked)] == [1, 2, 2, 1]


async def test_a_long_read_is_overtaken_by_a_few() -> None:
    shop = Shop(long_s=0.0)
    asked = []
    for key in range(MAX_UNDER_WAY + 2):
        asked.append(shop.ask(key))
        await turns()
    assert shop.reads == [[key] for key in range(MAX_UNDER_WAY)]
    await shop.let_go(-1)
    assert shop.reads[MAX_UNDER_WAY:] == [[MAX_UNDER_WAY, MAX_UNDER_WAY + 1]]
    await shop.let_all_go()
    assert len(await asyncio.gather(*asked)) == MAX_UNDER_WAY + 2


async def test_a_read_sees_what_was_committed_before_it_was_asked_for() -> None:
    shop = Shop()
    await shop.ask_first(1)
    shop.version = 1
    late = shop.ask(1)
    await shop.let_all_go()
    assert await late == ["1 of version 1"]


async def test_a_merged_read_takes_no_more_keys_than_it_may() -> None:
    shop = Shop(max_keys=3)
    asked = [await shop.ask_first(1), shop.ask(3, 4), shop.ask(5, 6), shop.ask(7), shop.ask(10, 11, 12, 13)]
    await turns()
    await shop.let_all_go()
    await asyncio.gather(*asked)
    assert shop.reads == [[1], [3, 4], [5, 6, 7], [10, 11, 12, 13]]


async def test_a_failed_merged_read_is_repeated_for_each_request_alone() -> None:
    shop = Shop()
    asked = [await shop.ask_first(1), shop.ask(3), shop.ask(-4), shop.ask(5)]
    await turns()
    await shop.let_all_go()
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert [str(result) for result in results[:2]] == [f"['{key} of version 0']" for key in (1, 3)]
    assert isinstance(results[2], ConnectionError)
    assert results[3] == ["5 of version 0"]
    assert shop.reads[1:] == [[3, -4, 5], [3], [-4], [5]]


async def test_a_cancelled_request_hurts_no_other() -> None:
    shop = Shop()
    first, waiting, merged = await shop.ask_first(1), shop.ask(3), shop.ask(4)
    await turns()
    waiting.cancel()
    first.cancel()
    await shop.let_go()
    assert shop.reads == [[1], [4]]
    await shop.let_all_go()
    assert await merged == ["4 of version 0"]


async def test_a_request_cancelled_during_its_merged_read_hurts_no_other() -> None:
    shop = Shop()
    await shop.ask_first(1)
    leaving, staying = shop.ask(3), shop.ask(4)
    await turns()
    await shop.let_go()
    assert shop.reads[1] == [3, 4]
    leaving.cancel()
    await shop.let_all_go()
    assert await staying == ["4 of version 0"]


async def test_a_request_that_fails_at_once_lets_the_next_go_on() -> None:
    shop = Shop()
    failing, other, waiting = await shop.ask_first(-1), shop.ask(2), shop.ask(3)
    await turns()
    await shop.let_all_go()
    with pytest.raises(ConnectionError):
        await failing
    assert (await other, await waiting) == (["2 of version 0"], ["3 of version 0"])


class Ask(NamedTuple):
    keys: list[int]


class LetGo(NamedTuple):
    which: int


class Cancel(NamedTuple):
    which: int


steps = st.lists(
    st.one_of(
        st.builds(Ask, st.lists(st.integers(-1, 8), min_size=1, max_size=4, unique=True)),
        st.builds(LetGo, st.integers(0, 3)),
        st.builds(Cancel, st.integers(0, 20)),
    ),
    max_size=40,
)


@settings(max_examples=examples(300))
@given(steps, st.integers(1, 8), st.sampled_from([0.0, 60.0]))
async def test_whatever_happens_everybody_gets_their_own(
    steps: list[Ask | LetGo | Cancel], max_keys: int, long_s: float
) -> None:
    shop = Shop(max_keys, long_s)
    asked: list[tuple[list[int], int, asyncio.Task[Sequence[str]]]] = []
    for step in steps:
        shop.version += 1
        match step:
            case Ask(keys):
                asked.append((keys, shop.version, shop.ask(*keys)))
                await turns()
            case LetGo(which) if shop.open:
                await shop.let_go(which)
            case Cancel(which) if asked:
                asked[which % len(asked)][2].cancel()
                await turns()
    await shop.let_all_go()
    await asyncio.gather(*(task for _, _, task in asked), return_exceptions=True)
    assert shop.most_open <= MAX_UNDER_WAY
    assert all(len(set(keys)) == len(keys) for keys in shop.reads)
    assert all(len(keys) <= max(max_keys, 4) for keys in shop.reads)
    for keys, version, task in asked:
        if not task.cancelled():
            check(keys, version, task)


def check(keys: list[int], version: int, task: asyncio.Task[Sequence[str]]) -> None:
    if any(key < 0 for key in keys):
        assert isinstance(task.exception(), ConnectionError)
        return
    answers = [answer.split(" of version ") for answer in task.result()]
    assert [int(key) for key, _ in answers] == keys
    assert all(int(seen) >= version for _, seen in answers)
