"""Watching a reply…"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from domain.assistant.models import Feedback, Run, RunStatus
from domain.assistant.pacing import REST_S_PER_HEAD, Pace
from domain.assistant.watching import ReplyDelta, ReplyWatcher
from domain.chat.models import MessageKey, MessageKind, MessageState
from domain.viewer import AccessRole, CareRole, Viewer
from persistence.tails import LocalFeed
from tests.domain.conversation import NOW, SESSION, SOMEBODY, message

KEY = MessageKey(SESSION, 2)
PIECES = [f"{number}，" for number in range(200)]
WATCHERS = 400
VIEWER = Viewer(SOMEBODY, AccessRole.USER, CareRole.PATIENT, SOMEBODY, "", NOW)


class OneReply:
    """Implements ReplyReads."""

    def __init__(self) -> None:
        said = message("", seq=2, kind=MessageKind.AI_REPLY, role=CareRole.AI_ASSISTANT, state=MessageState.STREAMING)
        self.now = Run(said, 1, RunStatus.RUNNING)

    async def run(self, member_id: UUID, key: MessageKey) -> Run | None:
        return self.now if key == KEY else None

    async def feedback(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[Feedback | None]:
        return [None for _ in keys]


class Nobody:
    """Implements Departures: nobody leaves."""

    @contextmanager
    def watch(self, session_id: UUID) -> Iterator[asyncio.Event]:
        yield asyncio.Event()


async def deltas(watcher: ReplyWatcher) -> list[str]:
    found = watcher.watch(VIEWER, f"{SESSION}.2", None)
    return [event.text async for event in found if isinstance(event, ReplyDelta)]


async def test_by_many_at_once_slows_whoever_generates() -> None:
    feed, reply, pace = LocalFeed(), OneReply(), Pace()
    watcher = ReplyWatcher(reply, feed, Nobody(), pace)
    await feed.begin(KEY, 1)
    watching = [asyncio.create_task(deltas(watcher)) for _ in range(WATCHERS)]
    await asyncio.sleep(0)
    for piece in PIECES:
        await feed.append(KEY, 1, piece)
    began = time.monotonic()
    await pace.rest()
    assert time.monotonic() - began >= WATCHERS * REST_S_PER_HEAD
    whole = "".join(PIECES)
    reply.now = Run(reply.now.message._replace(content=whole), 1, RunStatus.SUCCEEDED)
    await feed.end(KEY, 1)
    assert await asyncio.gather(*watching) == [[whole]] * WATCHERS
    assert not pace.heads


async def test_by_few_shows_each_piece_soon() -> None:
    feed, reply = LocalFeed(), OneReply()
    watching = ReplyWatcher(reply, feed, Nobody(), Pace()).watch(VIEWER, f"{SESSION}.2", None)
    await feed.begin(KEY, 1)
    for piece in PIECES[:20]:
        await feed.append(KEY, 1, piece)
        async with asyncio.timeout(1):
            event = await anext(watching)
        assert isinstance(event, ReplyDelta)
        assert event.text == piece
    await watching.aclose()
