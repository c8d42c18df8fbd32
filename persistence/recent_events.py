"""The newest events that this process has read, for those who come back after a moment."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from domain.chat.events import EventKind, Mark, SessionEvent
from domain.chat.models import MessageState


class RecentEvents:
    """Without a gap from `begin` on, as far as they are kept."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._events: deque[SessionEvent] = deque()
        self._before: Mark | None = None

    def begin(self, place: Mark) -> None:
        """What lies before `place` is not known."""
        self._events.clear()
        self._before = place

    def add(self, event: SessionEvent) -> None:
        if event.kind is EventKind.MESSAGE_UPDATED:
            self._forget_recalled(event)
        self._events.append(event)
        if len(self._events) > self._most:
            self._before = self._events.popleft().mark

    def covers(self, mark: Mark) -> bool:
        """Whether everything after `mark` that this process has read is here."""
        return self._before is not None and mark.epoch == self._before.epoch and mark >= self._before

    def after(self, mark: Mark) -> Iterator[SessionEvent]:
        return (event for event in self._events if event.mark > mark)

    def _forget_recalled(self, event: SessionEvent) -> None:
        """Nobody may read the words of a recalled message here."""
        gone = event.message
        if gone is None or gone.state is not MessageState.RECALLED:
            return
        for place, earlier in enumerate(self._events):
            if earlier.message is not None and earlier.message.id == gone.id:
                self._events[place] = replace(earlier, message=gone)
