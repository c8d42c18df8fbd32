"""Hands live events to the watchers of this process: read once, whatever their number."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from domain.chat.events import EventKind, Mark, SessionEvent
from persistence.events import OF_MESSAGE, SIGNAL, Bounds, EventReadStatements
from persistence.recent_events import RecentEvents
from persistence.signals import Signals

BATCH = 500
MOST_WAITING = 1_000
RECHECK_S = 0.01
"""While an older transaction is open, nobody tells when it ends."""
WATCHDOG_S = 5.0

log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Watcher:
    """`only`: one session, else all of the member's."""

    member_id: UUID
    only: UUID | None
    sessions: dict[UUID, Bounds] = field(default_factory=dict)
    version: int = 0
    waiting: deque[SessionEvent] = field(default_factory=deque)
    overflown: bool = False
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def sees(self, event: SessionEvent) -> bool:
        bounds = self.sessions.get(event.session_id)
        return bounds is not None and _visible(event, bounds)

    def offer(self, event: SessionEvent) -> None:
        if not self.sees(event):
            return
        if len(self.waiting) >= MOST_WAITING:
            self.waiting.clear()
            self.overflown = True
        self.waiting.append(event)
        self.woken.set()

    def take(self) -> list[SessionEvent] | None:
        """None: some were dropped."""
        self.woken.clear()
        if self.overflown:
            self.overflown = False
            self.waiting.clear()
            return None
        taken = list(self.waiting)
        self.waiting.clear()
        return taken


class LiveEvents:
    """Implements `domain.chat.events.EventHub`."""

    def __init__(self, reads: EventReadStatements) -> None:
        self._reads = reads
        self._watchers: dict[UUID, set[Watcher]] = defaultdict(set)
        self._recent = RecentEvents()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def follow(self, signals: Signals) -> None:
        signals.on(SIGNAL, lambda _payload: self._woken.set())
        signals.on_gap(self._look_again)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(await self._reads.now()), name="events")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def watch(
        self, member_id: UUID, session_id: UUID | None, after: Mark
    ) -> AsyncGenerator[Sequence[SessionEvent] | None, None]:
        watcher = Watcher(member_id, session_id)
        self._watchers[member_id].add(watcher)
        try:
            await self._load(watcher)
            yield self._missed(watcher, after)
            while True:
                await watcher.woken.wait()
                yield watcher.take()
        finally:
            self._watchers[member_id].discard(watcher)
            if not self._watchers[member_id]:
                del self._watchers[member_id]

    def _missed(self, watcher: Watcher, after: Mark) -> list[SessionEvent] | None:
        """None: not all of it is kept here."""
        if not self._recent.covers(after):
            return None
        return [event for event in self._recent.after(after) if watcher.sees(event)]

    async def _load(self, watcher: Watcher) -> None:
        """Again when memberships changed meanwhile: what was read may be older than the change."""
        version = -1
        while version != watcher.version:
            version = watcher.version
            watcher.sessions = await self._reads.memberships(watcher.member_id, watcher.only)

    async def _look_again(self) -> None:
        self._woken.set()

    async def _run(self, place: Mark) -> None:
        self._recent.begin(place)
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), WATCHDOG_S)
            self._woken.clear()
            try:
                place = await self._catch_up(place)
            except Exception as error:
                log.warning("reading events failed: %s", type(error).__name__)
                await asyncio.sleep(1)
                self._woken.set()

    async def _catch_up(self, place: Mark) -> Mark:
        until = await self._reads.now()
        if not self._watchers:
            self._recent.begin(until)
            return until
        while events := await self._reads.between(place, until, BATCH):
            for event in events:
                await self._dispatch(event)
            place = events[-1].mark
        if await self._reads.pending(until):
            await asyncio.sleep(RECHECK_S)
            self._woken.set()
        return until

    async def _dispatch(self, event: SessionEvent) -> None:
        if event.kind is EventKind.MEMBERS_CHANGED:
            await self._learn_members(event.session_id)
        self._recent.add(event)
        for watchers in list(self._watchers.values()):
            for watcher in watchers:
                watcher.offer(event)

    async def _learn_members(self, session_id: UUID) -> None:
        members = await self._reads.members_of(session_id)
        for watchers in self._watchers.values():
            for watcher in watchers:
                if watcher.only in (None, session_id):
                    watcher.version += 1
                    watcher.sessions.pop(session_id, None)
                    if watcher.member_id in members:
                        watcher.sessions[session_id] = members[watcher.member_id]


def _visible(event: SessionEvent, bounds: Bounds) -> bool:
    if event.kind.value in OF_MESSAGE:
        return event.message is not None and event.message.seq > bounds.seq
    return event.mark.transaction >= bounds.transaction
