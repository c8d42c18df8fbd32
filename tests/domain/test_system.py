"""Whether the installation works …"""

import asyncio
from collections.abc import Sequence

from domain.clock import utc_now
from domain.system import Check, SystemService

FAILED = Check("provider X", ok=False, latency_ms=None, error="left alone", internal=True)


class Part:
    """Counts how often it is asked; `release` lets it answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.release = asyncio.Event()

    async def probe(self) -> None:
        self.asked += 1
        await self.release.wait()


async def broken() -> None:
    raise ConnectionRefusedError("postgresql://wellmate:hunter2@db/prod")


async def look() -> Sequence[Check]:
    return [FAILED]


async def blind() -> Sequence[Check]:
    raise OSError


async def test_is_asked_once_for_all_who_want_to_know_at_once() -> None:
    part = Part()
    system = SystemService("1", utc_now, {"database": part.probe})
    asking = [asyncio.create_task(system.status()) for _ in range(20)]
    await asyncio.sleep(0)
    asking.pop(0).cancel()
    part.release.set()
    answers = await asyncio.gather(*asking)
    again = await system.status()
    assert part.asked == 1
    assert {answer.status for answer in (*answers, again)} == {"ok"}


async def test_is_told_without_addresses() -> None:
    status = await SystemService("1", utc_now, {"database": broken}).status()
    assert (status.status, status.checks) == ("degraded", [Check("database", False, None, "ConnectionRefusedError")])


async def test_counts_what_only_admins_see() -> None:
    system = SystemService("1", utc_now, {}, look)
    assert ((await system.status()).status, (await system.status()).checks) == ("degraded", [])
    assert (await system.status(internals=True)).checks == [FAILED]


async def test_is_told_although_something_cannot_be_seen() -> None:
    assert (await SystemService("1", utc_now, {}, blind).status(internals=True)).checks == []
