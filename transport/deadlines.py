"""Waiting that ends, with one timer for all who wait: a timer each would cost as much as reading a small request."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")
LATE = "waited too long"


class Deadlines:
    """Ends waits that take longer than `seconds`, a quarter of that late at most."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[asyncio.Task[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Raises TimeoutError. One wait a task at a time."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("only tasks can wait")
        self._since[task] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._sweep)
        try:
            return await awaitable
        except asyncio.CancelledError as cancelled:
            if LATE not in cancelled.args:
                raise
            task.uncancel()
            raise TimeoutError from None
        finally:
            del self._since[task]

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        overdue = loop.time() - self._seconds
        late = [task for task, since in self._since.items() if since <= overdue]
        for task in late:
            task.cancel(LATE)
        self._timer = loop.call_later(self._seconds / 4, self._sweep) if len(self._since) > len(late) else None
