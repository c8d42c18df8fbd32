"""Waiting with a deadline: …"""

import asyncio
import time

import pytest

from transport.deadlines import Deadlines


async def test_gives_what_was_waited_for() -> None:
    assert await Deadlines(1).wait(asyncio.sleep(0, "value")) == "value"


async def test_passes_on_what_was_raised() -> None:
    async def failing() -> None:
        raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        await Deadlines(1).wait(failing())


async def test_ends_in_time_and_leaves_the_task_as_it_was() -> None:
    started = time.perf_counter()
    with pytest.raises(TimeoutError):
        await Deadlines(0.1).wait(asyncio.Event().wait())
    assert 0.1 <= time.perf_counter() - started < 1
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_ends_no_wait_that_began_later() -> None:
    deadlines = Deadlines(0.3)
    early = asyncio.create_task(deadlines.wait(asyncio.Event().wait()))
    await asyncio.sleep(0.2)
    late = asyncio.create_task(deadlines.wait(asyncio.Event().wait()))
    with pytest.raises(TimeoutError):
        await early
    assert not late.done()
    with pytest.raises(TimeoutError):
        await late


async def test_lets_others_cancel() -> None:
    waiting = asyncio.create_task(Deadlines(1).wait(asyncio.Event().wait()))
    await asyncio.sleep(0)
    waiting.cancel("by somebody else")
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_keeps_no_timer_when_nobody_waits() -> None:
    deadlines = Deadlines(0.05)
    await deadlines.wait(asyncio.sleep(0))
    await asyncio.sleep(0.1)
    assert deadlines._waiting._timer is None
