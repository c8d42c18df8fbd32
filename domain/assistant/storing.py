"""Storing what must not get lost although the database is away for a while, as it is when it is restarted."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from domain.chat.ports import OpensWork
from domain.errors import StorageAway

PAUSES_S = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 5.0, 5.0, 5.0)

W = TypeVar("W")
T = TypeVar("T")


async def stored(work: OpensWork[W], do: Callable[[W], Awaitable[T]]) -> T:
    """One transaction, begun again while the database is away: `do` must bear that. Raises StorageAway in the end."""
    for pause in PAUSES_S:
        with suppress(StorageAway):
            async with work() as opened:
                return await do(opened)
        await asyncio.sleep(pause)
    async with work() as opened:
        return await do(opened)


async def unhurried(what: Awaitable[T]) -> T:
    """Goes on to its end although the caller is cancelled meanwhile, who learns of it then."""
    doing = asyncio.ensure_future(what)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait({doing})
        raise
