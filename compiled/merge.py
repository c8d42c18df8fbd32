"""Keyed reads of concurrent requests, merged: what arrives in one turn of the loop, or while reads of the same kind are
under way, goes together.

With little to do a read starts in the next turn. Under load each read that ends is followed by one for all keys that
came in between: statements grow instead of queueing, and only a read that takes long is overtaken. A read starts after
its keys were asked for, so it sees what was committed before. Who may see what belongs into the keys: one read serves
many.
"""

from asyncio import CancelledError, Future, Task, TimerHandle, get_running_loop
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

from compiled.loading import fitting, laid_out

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

MAX_UNDER_WAY = 4
LONG_S = 0.01
MAX_KEYS = 1_000


class _Request(Generic[Key, Value]):
    """Keys that one caller waits for; `is_alone` after a merged read that it was part of has failed."""

    __slots__ = ("future", "is_alone", "keys")

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = keys
        self.future: Future[list[Value]] = get_running_loop().create_future()
        self.is_alone = False

    def answer(self, values: list[Value]) -> None:
        if not self.future.done():
            self.future.set_result(values)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Merged(Generic[Key, Value]):
    """One kind of read of this process. `read` takes distinct keys and gives one value a key."""

    def __init__(
        self,
        read: Callable[[Sequence[Key]], Awaitable[Sequence[Value]]],
        max_keys: int = MAX_KEYS,
        long_s: float = LONG_S,
    ) -> None:
        self._read = read
        self._max_keys = max_keys
        self._long_s = long_s
        self._under_way = 0
        self._waiting: deque[_Request[Key, Value]] = deque()
        self._tasks: set[Task[None]] = set()
        self._timer: TimerHandle | None = None

    async def __call__(self, keys: Sequence[Key]) -> Sequence[Value]:
        """The values of distinct keys, in their order; raises what reading these keys raises."""
        request: _Request[Key, Value] = _Request(keys)
        self._waiting.append(request)
        if self._under_way:
            self._watch()
        elif len(self._waiting) == 1:
            get_running_loop().call_soon(self._start_next)
        return await request.future

    def _ended(self) -> None:
        self._under_way -= 1
        self._start_next()

    def _start_next(self) -> None:
        requests = self._next()
        if requests:
            self._under_way += 1
            task = get_running_loop().create_task(self._serve(requests))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._waiting:
            self._watch()

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = get_running_loop().call_later(self._long_s, self._overtake)

    def _overtake(self) -> None:
        """Whoever still waits does so behind a long read."""
        self._timer = None
        if self._waiting and self._under_way < MAX_UNDER_WAY:
            self._start_next()
        if self._waiting:
            self._watch()

    def _next(self) -> list[_Request[Key, Value]]:
        """The requests of the next read: as many as fit, or one that is to be read alone."""
        taken: list[_Request[Key, Value]] = []
        room = self._max_keys
        while self._waiting and (not taken or self._fits(room, taken[0])):
            request = self._waiting.popleft()
            if not request.future.done():
                taken.append(request)
                room -= len(request.keys)
        return taken

    def _fits(self, room: int, first: _Request[Key, Value]) -> bool:
        following = self._waiting[0]
        return len(following.keys) <= room and not first.is_alone and not following.is_alone

    async def _serve(self, requests: Sequence[_Request[Key, Value]]) -> None:
        try:
            values = await self._values([key for request in requests for key in request.keys])
        except Exception as error:
            self._failed(requests, error)
        except CancelledError:
            for request in requests:
                request.future.cancel()
            raise
        else:
            ends = accumulate(len(request.keys) for request in requests)
            for request, end in zip(requests, ends, strict=True):
                request.answer(values[end - len(request.keys) : end])
        finally:
            self._ended()

    async def _values(self, keys: Sequence[Key]) -> list[Value]:
        """One a key; what several ask for is read once."""
        distinct = list(dict.fromkeys(keys))
        return laid_out(keys, distinct, fitting(await self._read(distinct), distinct))

    def _failed(self, requests: Sequence[_Request[Key, Value]], error: Exception) -> None:
        if len(requests) == 1:
            requests[0].fail(error)
            return
        for request in reversed(requests):
            request.is_alone = True
            self._waiting.appendleft(request)
