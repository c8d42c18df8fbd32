"""A timer that is put off …"""

import asyncio
from contextlib import closing
from time import monotonic

from domain.timers import Timer

SOON_S, LATER_S = 0.02, 0.1


async def rings(*moments_s: float | None, within_s: float) -> list[float]:
    """When it rang, in seconds from now, when it was set to these moments at once; None clears it."""
    began, heard = monotonic(), list[float]()
    with closing(Timer(lambda: heard.append(monotonic() - began))) as timer:
        for moment_s in moments_s:
            if moment_s is None:
                timer.clear()
            else:
                timer.set(began + moment_s)
        await asyncio.sleep(within_s)
    return heard


async def test_rings_once_at_the_last_moment_that_was_set() -> None:
    (late,) = await rings(SOON_S, LATER_S, within_s=0.3)
    assert LATER_S <= late < 0.2
    (early,) = await rings(LATER_S, SOON_S, within_s=0.3)
    assert SOON_S <= early < LATER_S
    assert len(await rings(-1, within_s=SOON_S)) == 1


async def test_does_not_ring_when_it_was_cleared() -> None:
    assert await rings(SOON_S, None, within_s=LATER_S) == []
    assert await rings(None, within_s=LATER_S) == []


async def test_can_be_set_again_after_it_was_cleared_or_rang() -> None:
    assert len(await rings(LATER_S, None, SOON_S, within_s=LATER_S)) == 1
    heard: list[str] = []
    with closing(Timer(lambda: heard.append("ring"))) as timer:
        for _ in range(2):
            timer.set(monotonic())
            await asyncio.sleep(SOON_S)
    assert heard == ["ring", "ring"]


async def test_leaves_nothing_with_the_loop_once_closed() -> None:
    timer = Timer(lambda: None)
    timer.set(monotonic() + 9)
    handle = timer._handle
    timer.close()
    assert handle is not None
    assert handle.cancelled()


async def test_takes_one_timer_of_the_loop_however_often_it_is_put_off() -> None:
    timer = Timer(lambda: None)
    timer.set(monotonic() + 9)
    handle = timer._handle
    for _ in range(100):
        timer.clear()
        timer.set(monotonic() + 9)
    assert timer._handle is handle
    timer.close()
