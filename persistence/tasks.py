"""Ending background tasks."""

import asyncio
from typing import Any

AGAIN_S = 0.1


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancels until they are over: before Python 3.12 `asyncio.wait_for` may swallow a cancellation."""
    while running := {task for task in tasks if not task.done()}:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=AGAIN_S)
