"""What takes too long ends, with one timer for all: a timer each would cost as much as reading a small request."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Who = TypeVar("Who", bound=Hashable)
LATE = "waited too long"


class Overdue(Generic[Who]):
    """Calls `end` for whoever entered `seconds` ago and has not left, a quarter of that late at most."""

    def __init__(self, seconds: float, end: Callable[[Who], object]) -> None:
        self._seconds = seconds
        self._end = end
        self._since: dict[Who, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, who: Who) -> None:
        loop = asyncio.get_running_loop()
        self._since[who] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._sweep)

    def leave(self, who: Who) -> None:
        self._since.pop(who, None)

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        entered_by = loop.time() - self._seconds
        for who in [who for who, since in self._since.items() if since <= entered_by]:
            del self._since[who]
            self._end(who)
        self._timer = loop.call_later(self._seconds / 4, self._sweep) if self._since else None


class Deadlines:
    """Ends waits that take longer than `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._waiting: Overdue[asyncio.Task[Any]] = Overdue(seconds, lambda task: task.cancel(LATE))

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Raises TimeoutError. One wait a task at a time."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only tasks can wait")
        self._waiting.enter(task)
        try:
            return await awaitable
        except asyncio.CancelledError as cancelled:
            if LATE not in cancelled.args:
                raise
            task.uncancel()
            raise TimeoutError from None
        finally:
            self._waiting.leave(task)
