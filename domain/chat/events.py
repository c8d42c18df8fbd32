"""What happened in conversations, in an order that every reader sees alike."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.chat.models import Message, MessageKey
from domain.clock import parse_id
from domain.errors import Conflict, NotFound
from domain.paging import bad_cursor, decode_cursor, encode_cursor, page_size
from domain.viewer import Viewer

MAX_EVENTS = 500


class EventKind(Enum):
    MESSAGE_ADDED = "MESSAGE_ADDED"
    MESSAGE_UPDATED = "MESSAGE_UPDATED"
    READ_ADVANCED = "READ_ADVANCED"
    MEMBERS_CHANGED = "MEMBERS_CHANGED"


class Mark(NamedTuple):
    """A place in the order of events: transaction and number of one, in an epoch of the database's life."""

    epoch: int
    transaction: int
    number: int

    @property
    def cursor(self) -> str:
        return encode_cursor(*self)


def parse_mark(cursor: str) -> Mark:
    """Raises BadUserInput for what `Mark.cursor` could not have made."""
    epoch, transaction, number = (int(part) for part in decode_cursor(cursor, int, int, int))
    if not all(0 <= part < 2**63 for part in (epoch, transaction, number)):
        raise bad_cursor()
    return Mark(epoch, transaction, number)


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """`message` is as it was when the event was read; `user_id` and `read_seq` belong to READ_ADVANCED."""

    mark: Mark
    session_id: UUID
    kind: EventKind
    message: Message | None
    user_id: UUID | None
    read_seq: int | None

    @property
    def cursor(self) -> str:
        return self.mark.cursor


@dataclass(frozen=True, slots=True)
class NewEvent:
    kind: EventKind
    key: MessageKey
    user_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    events: list[SessionEvent]
    cursor: str
    has_more: bool


class EventReads(Protocol):
    async def now(self) -> Mark:
        """The newest place before which nothing can appear any more."""

    async def oldest(self) -> Mark:
        """What lies before it is no longer kept."""

    async def after(
        self, member_id: UUID, mark: Mark, *, session_id: UUID | None, until: Mark, limit: int
    ) -> list[SessionEvent]:
        """Events after `mark` up to `until` in sessions of the member, only those that the member may see."""

    async def is_member(self, member_id: UUID, session_id: UUID) -> bool: ...


class EventHub(Protocol):
    """Live events in this process."""

    def watch(
        self, member_id: UUID, session_id: UUID | None, after: Mark
    ) -> AsyncGenerator[Sequence[SessionEvent] | None, None]:
        """First, once watching, what was missed since `after`; then batches as they come, perhaps some of the former
        again. None: read them, as not all of them are known here."""


class EventService:
    def __init__(self, reads: EventReads, hub: EventHub) -> None:
        self._reads = reads
        self._hub = hub

    async def changes(self, viewer: Viewer, after: str | None, first: int) -> EventPage:
        """Without a cursor only the cursor of now. Raises Conflict when the cursor is too old."""
        page_size(first, most=MAX_EVENTS)
        until = await self._reads.now()
        if after is None:
            return EventPage([], until.cursor, has_more=False)
        mark = await self._known(parse_mark(after))
        found = await self._reads.after(viewer.user_id, mark, session_id=None, until=until, limit=first + 1)
        events, more = found[:first], len(found) > first
        end = events[-1].mark if more else max(until, mark)
        return EventPage(events, end.cursor, more)

    async def watch(
        self, viewer: Viewer, session_id: str | None, after: str | None
    ) -> AsyncGenerator[SessionEvent, None]:
        """What came after `after`, then what comes. Raises NotFound for a session that is not the viewer's."""
        only = await self._own_session(viewer, session_id) if session_id is not None else None
        seen = parse_mark(after) if after is not None else await self._reads.now()
        async with aclosing(self._hub.watch(viewer.user_id, only, seen)) as live:
            async for batch in live:
                events = self._missed(viewer, only, seen) if batch is None else _in_order(batch)
                async with aclosing(events):
                    async for event in events:
                        if event.mark > seen:
                            seen = event.mark
                            yield event

    async def _missed(self, viewer: Viewer, only: UUID | None, seen: Mark) -> AsyncGenerator[SessionEvent, None]:
        seen, until = await self._known(seen), await self._reads.now()
        while True:
            found = await self._reads.after(viewer.user_id, seen, session_id=only, until=until, limit=MAX_EVENTS)
            for event in found:
                yield event
            if len(found) < MAX_EVENTS:
                return
            seen = found[-1].mark

    async def _known(self, mark: Mark) -> Mark:
        oldest = await self._reads.oldest()
        if mark.epoch != oldest.epoch or mark < oldest:
            raise Conflict(
                "游标已过期，请重新读取会话", "This cursor is too old: read your sessions anew.", field="after"
            )
        return mark

    async def _own_session(self, viewer: Viewer, session_id: str) -> UUID:
        known = parse_id(session_id)
        if known is None or not await self._reads.is_member(viewer.user_id, known):
            raise NotFound("没有找到这个会话", "No such session.", field="sessionId")
        return known


async def _in_order(batch: Sequence[SessionEvent]) -> AsyncGenerator[SessionEvent, None]:
    for event in batch:
        yield event
