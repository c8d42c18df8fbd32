"""Waiting for what another task will do, without guessing how long it takes."""

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], bool], *, within: float = 10.0) -> float:
    """Seconds waited. Raises TimeoutError."""
    began = time.monotonic()
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 the condition is another process's
            await asyncio.sleep(0.005)
    return time.monotonic() - began
