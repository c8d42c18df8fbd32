"""What happens in conversations: one call of the domain a field."""

from asyncio import gather
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

import strawberry
from strawberry.types.nodes import SelectedField, Selection

from domain.chat.events import EventPage, SessionEvent
from resolvers.context import Context, Info
from resolvers.inputs import either
from resolvers.loaders import SessionGone
from transport.ports import Shared

PAGE = 200
SAME_FOR_ALL = frozenset(
    {
        "__typename", "cursor", "message", "userId", "readSeq", "id", "seq", "senderRole", "kind", "state", "content",
        "citations", "index", "title", "snippet", "url", "errorCode", "createdAt", "updatedAt", "sender", "nickname",
        "careRole",
    }
)  # fmt: skip
"""Fields that look alike to whoever may see the event; anything else is read for each watcher alone."""


async def changes(info: Info, after: str | None = None, first: int | None = PAGE) -> EventPage:
    """Whoever leaves a session while this is read is told nothing of it, which is no error of the others."""
    page = await info.context.services.events.changes(info.context.viewer, after, either(first, PAGE))
    gone = await sessions_gone(page.events, info.context)
    return replace(page, events=[event for event in page.events if event.session_id not in gone]) if gone else page


async def sessions_gone(events: Iterable[SessionEvent], context: Context) -> set[UUID]:
    """Which sessions the reader has left since. The fields below find the others already read."""
    sessions = {event.session_id: session_of_event(event, context) for event in events}
    found = await gather(*map(context.loaders.sessions.load, sessions.values()), return_exceptions=True)
    return {session for session, each in zip(sessions, found, strict=True) if isinstance(each, SessionGone)}


async def session_events(
    info: Info, session_id: strawberry.ID, after: str | None = None
) -> AsyncGenerator[SessionEvent | Shared, None]:
    async for event in _watched(info, session_id, after):
        yield event


async def user_events(info: Info, after: str | None = None) -> AsyncGenerator[SessionEvent | Shared, None]:
    async for event in _watched(info, None, after):
        yield event


async def _watched(
    info: Info, session_id: str | None, after: str | None
) -> AsyncGenerator[SessionEvent | Shared, None]:
    shared = info.context.services.shared_events if looks_alike(info.selected_fields) else None
    async with aclosing(info.context.services.events.watch(info.context.viewer, session_id, after)) as events:
        async for event in events:
            yield shared.of(event) if shared is not None else event


def looks_alike(selections: Iterable[Selection]) -> bool:
    """Whether every watcher of the same selection would read the same."""
    below = [selection for root in selections for selection in root.selections]
    return all(_alike(selection) and looks_alike([selection]) for selection in below)


def _alike(selection: Selection) -> bool:
    return not isinstance(selection, SelectedField) or selection.name in SAME_FOR_ALL


class SharedEvents:
    """The newest events, each wrapped once for all its watchers."""

    def __init__(self, kept: int = 1_000) -> None:
        self._kept = kept
        self._wrapped: dict[object, Shared] = {}

    def of(self, event: SessionEvent) -> Shared:
        key = event.mark
        found = self._wrapped.get(key)
        if found is None or found.value is not event:
            found = self._wrapped[key] = Shared(event)
            if len(self._wrapped) > self._kept:
                del self._wrapped[next(iter(self._wrapped))]
        return found


def session_of_event(event: SessionEvent, context: Context) -> tuple[UUID, UUID]:
    return context.viewer.user_id, event.session_id
