"""What ends a live connection from outside: credentials that are revoked or run out, and the server going away."""

import asyncio
import time
from collections.abc import Callable
from typing import Literal

End = Literal["revoked", "expired", "draining"]
Listener = Callable[[], None]
LONGEST_TIMER = 3_600.0


class Signal:
    """Something that happens once. Listeners are called on the event loop's thread; late ones at once."""

    __slots__ = ("_listeners", "happened")

    def __init__(self) -> None:
        self.happened = False
        self._listeners: set[Listener] = set()

    def fire(self) -> None:
        self.happened = True
        for listener in tuple(self._listeners):
            listener()

    def watch(self, listener: Listener) -> None:
        self._listeners.add(listener)
        if self.happened:
            listener()

    def forget(self, listener: Listener) -> None:
        self._listeners.discard(listener)


class Lease:
    """How long credentials hold: to `expires_at` (seconds since 1970, None: no end), or until `revoked` fires."""

    __slots__ = ("expires_at", "revoked")

    def __init__(self, expires_at: float | None = None, revoked: Signal | None = None) -> None:
        self.expires_at = expires_at
        self.revoked = revoked or Signal()


class Guard:
    """Calls `on_end` when a connection has to end; `stop` when it ended by itself."""

    __slots__ = ("_draining", "_lease", "_on_end", "_timer")

    def __init__(self, draining: Signal, on_end: Callable[[End], None]) -> None:
        self._draining = draining
        self._on_end = on_end
        self._lease: Lease | None = None
        self._timer: asyncio.TimerHandle | None = None
        draining.watch(self._drained)

    def hold(self, lease: Lease | None) -> None:
        """Watch the caller's credentials too."""
        self._lease = lease
        if lease:
            lease.revoked.watch(self._revoked)
            self._await_expiry()

    def stop(self) -> None:
        self._draining.forget(self._drained)
        if self._lease:
            self._lease.revoked.forget(self._revoked)
        if self._timer:
            self._timer.cancel()

    def _await_expiry(self) -> None:
        if self._lease is None or self._lease.expires_at is None:
            return
        left = self._lease.expires_at - time.time()
        if left <= 0:
            self._on_end("expired")
        else:  # a bounded timer, so that a clock set forward is noticed
            self._timer = asyncio.get_running_loop().call_later(min(left, LONGEST_TIMER), self._await_expiry)

    def _revoked(self) -> None:
        self._on_end("revoked")

    def _drained(self) -> None:
        self._on_end("draining")
