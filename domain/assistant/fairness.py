"""A few places at one provider, handed round: whoever asks a lot waits behind whoever asks a little."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class FairGate:
    """`places` at once. Waiting turns go round the users, one each, whatever the number of their questions."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, user: Hashable) -> AsyncIterator[None]:
        await self._enter(user)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, user: Hashable) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(user, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            self._give_up(user, turn)
            raise

    def _give_up(self, user: Hashable, turn: asyncio.Future[None]) -> None:
        """A turn that came in this very moment goes to the next; one that was passed over is gone already."""
        if turn.done() and not turn.cancelled():
            self._leave()
            return
        queue = self._waiting.get(user)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self._waiting[user]

    def _leave(self) -> None:
        while self._waiting:
            user, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._waiting[user] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
