"""An event that many watch is encoded …"""

import asyncio

import pytest

from transport.ports import Shared
from transport.sharing import payload_of


class Encoder:
    """Encodes when told to."""

    def __init__(self, *, holds: bool = True) -> None:
        self.calls = 0
        self.go = asyncio.Event()
        self._holds = holds

    async def __call__(self) -> tuple[str, bool]:
        self.calls += 1
        number = self.calls
        await self.go.wait()
        return f"{number}", self._holds


async def asked(event: Shared, encode: Encoder, watchers: int) -> list[asyncio.Task[str]]:
    """So many who wait for the event."""
    tasks = [asyncio.create_task(payload_of(event, "selection", encode)) for _ in range(watchers)]
    await asyncio.sleep(0)
    return tasks


async def test_once_for_all_who_ask_at_once_and_for_those_who_come_later() -> None:
    event, encode = Shared("event"), Encoder()
    tasks = await asked(event, encode, 5)
    encode.go.set()
    assert await asyncio.gather(*tasks) == ["1"] * 5
    assert await payload_of(event, "selection", encode) == "1"
    assert await payload_of(event, "another", encode) == "2"


async def test_for_each_when_it_went_wrong() -> None:
    event, encode = Shared("event"), Encoder(holds=False)
    tasks = await asked(event, encode, 3)
    encode.go.set()
    assert sorted(await asyncio.gather(*tasks)) == ["1", "2", "3"]


async def test_although_whoever_began_to_left() -> None:
    event, encode = Shared("event"), Encoder()
    first, *others = await asked(event, encode, 3)
    first.cancel()
    encode.go.set()
    assert sorted(await asyncio.gather(*others)) == ["2", "3"]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_although_one_who_waited_left() -> None:
    event, encode = Shared("event"), Encoder()
    first, second, third = await asked(event, encode, 3)
    second.cancel()
    encode.go.set()
    assert list(await asyncio.gather(first, third)) == ["1", "1"]
