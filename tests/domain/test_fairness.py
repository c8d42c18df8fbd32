"""A fair gate …"""

import asyncio

from domain.assistant.fairness import FairGate


async def hold(gate: FairGate, user: str, order: list[str], release: asyncio.Event) -> None:
    async with gate.turn(user):
        order.append(user)
        await release.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_lets_in_no_more_than_its_places() -> None:
    gate, order, release = FairGate(2), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(hold(gate, f"{n}", order, release)) for n in range(5)]
    await settle()
    assert order == ["0", "1"]
    release.set()
    await asyncio.gather(*tasks)
    assert sorted(order) == ["0", "1", "2", "3", "4"]


async def test_goes_round_the_users_whatever_they_ask() -> None:
    gate, order, release = FairGate(1), list[str](), asyncio.Event()
    asking = ["busy", "busy", "busy", "busy", "calm", "other"]
    tasks = []
    for user in asking:
        tasks.append(asyncio.create_task(hold(gate, user, order, release)))
        await settle()
    release.set()
    await asyncio.gather(*tasks)
    assert order == ["busy", "busy", "calm", "other", "busy", "busy"]


async def test_forgets_who_gave_up_waiting() -> None:
    gate, order, release = FairGate(1), list[str](), asyncio.Event()
    first = asyncio.create_task(hold(gate, "a", order, release))
    await settle()
    waiting = asyncio.create_task(hold(gate, "b", order, release))
    last = asyncio.create_task(hold(gate, "c", order, release))
    await settle()
    waiting.cancel()
    await settle()
    release.set()
    await asyncio.gather(first, last)
    assert order == ["a", "c"]
    async with asyncio.timeout(1), gate.turn("d"):
        pass


async def test_passes_on_a_turn_that_came_while_giving_up() -> None:
    gate, order, release = FairGate(1), list[str](), asyncio.Event()
    first = asyncio.create_task(hold(gate, "a", order, release))
    await settle()
    waiting = asyncio.create_task(hold(gate, "b", order, release))
    await settle()
    release.set()
    await first
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), gate.turn("c"):
        pass


async def test_lets_all_go_who_are_told_to_in_one_moment() -> None:
    gate, order, release = FairGate(1), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(hold(gate, user, order, release)) for user in "abcd"]
    await settle()
    for task in tasks:
        task.cancel()
    assert [type(end) for end in await asyncio.gather(*tasks, return_exceptions=True)] == [asyncio.CancelledError] * 4
    async with asyncio.timeout(1), gate.turn("e"):
        pass
