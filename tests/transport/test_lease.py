"""A lease: a guard…"""

import asyncio
import time

from transport.lease import End, Guard, Lease, Signal


def guarded(lease: Lease | None, draining: Signal | None = None) -> tuple[Guard, list[End]]:
    ends: list[End] = []
    guard = Guard(draining or Signal(), ends.append)
    guard.hold(lease)
    return guard, ends


async def test_hears_of_a_revocation_once_it_watches() -> None:
    lease = Lease()
    _, ends = guarded(lease)
    assert ends == []
    lease.revoked.fire()
    assert ends == ["revoked"]


async def test_hears_at_once_of_what_has_happened_already() -> None:
    lease, draining = Lease(), Signal()
    lease.revoked.fire()
    draining.fire()
    assert guarded(lease, draining)[1] == ["draining", "revoked"]


async def test_hears_of_the_expiry_in_time() -> None:
    _, ends = guarded(Lease(time.time() + 0.1))
    await asyncio.sleep(0.05)
    assert ends == []
    await asyncio.sleep(0.15)
    assert ends == ["expired"]


async def test_hears_nothing_after_it_stopped() -> None:
    lease, draining = Lease(time.time() + 0.05), Signal()
    guard, ends = guarded(lease, draining)
    guard.stop()
    lease.revoked.fire()
    draining.fire()
    await asyncio.sleep(0.1)
    assert ends == []


async def test_needs_no_lease() -> None:
    guard, ends = guarded(None)
    guard.stop()
    assert ends == []
