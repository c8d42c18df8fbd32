"""Watching a reply…"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from domain.assistant.models import Feedback, Run, RunStatus
from domain.assistant.pacing import Pace
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


async def test_by_many_at_once_merges_what_follows_the_first_word() -> None:
    feed, reply = LocalFeed(), OneReply()
    watcher = ReplyWatcher(reply, feed, Nobody(), Pace())
    await feed.begin(KEY, 1)
    watching = [asyncio.create_task(deltas(watcher)) for _ in range(WATCHERS)]
    for piece in PIECES:
        await asyncio.sleep(0)
        await feed.append(KEY, 1, piece)
    whole = "".join(PIECES)
    reply.now = Run(reply.now.message._replace(content=whole), 1, RunStatus.SUCCEEDED)
    await feed.end(KEY, 1)
    shown = await asyncio.gather(*watching)
    assert {"".join(texts) for texts in shown} == {whole}
    assert {texts[0] for texts in shown} == {PIECES[0]}
    assert max(len(texts) for texts in shown) <= 5


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
