"""Connections between two requests, with one timer for all: one each is set and cancelled at every request."""

import asyncio


class Idle:
    """Closes connections that were idle for `seconds`, a quarter of that later at most."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[asyncio.Transport, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, connection: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        self._since[connection] = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._seconds / 4, self._sweep)

    def end(self, connection: asyncio.Transport) -> None:
        self._since.pop(connection, None)

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        overdue = loop.time() - self._seconds
        for connection in [each for each, since in self._since.items() if since <= overdue]:
            del self._since[connection]
            connection.close()
        self._timer = loop.call_later(self._seconds / 4, self._sweep) if self._since else None
