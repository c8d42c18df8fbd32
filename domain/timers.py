"""Timers that are put off much more often than they ring: one of the loop for each waiting costs two microseconds."""

import asyncio
from collections.abc import Callable
from math import inf
from time import monotonic


class Timer:
    """Calls `ring` once the moment that was set last has passed; moments are as time.monotonic() counts."""

    __slots__ = ("_handle", "_ring", "_rings_at", "_until")

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._until = inf
        self._rings_at = inf
        self._handle: asyncio.TimerHandle | None = None

    def set(self, until: float) -> None:
        """In place of the moment before."""
        self._until = until
        if until < self._rings_at:
            self._arm()

    def clear(self) -> None:
        self._until = inf

    def close(self) -> None:
        """For good: neither the loop nor the timer holds its owner any more."""
        self._until = self._rings_at = inf
        self._ring = _silently
        if self._handle is not None:
            self._handle.cancel()

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._rings_at = self._until
        self._handle = asyncio.get_running_loop().call_later(max(self._until - monotonic(), 0), self._due)

    def _due(self) -> None:
        until, self._rings_at, self._handle = self._until, inf, None
        if until <= monotonic():
            self._until = inf
            self._ring()
        elif until < inf:
            self._arm()


def _silently() -> None:
    return
