"""Watching a reply grow, from any point, whether it is still to come, on its way or long over."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TypeVar

from domain.assistant.cursors import Cursor, parse_cursor
from domain.assistant.models import Run, RunStatus
from domain.assistant.pacing import Pace
from domain.assistant.ports import Departures, Feed, ReplyReads
from domain.chat.models import Message, MessageKey, parse_message_id
from domain.errors import ErrorCode, NotFound, StorageAway
from domain.viewer import Viewer

PATIENCE_S = 3.0
RECONSIDER_S = 0.2
RETRYABLE = (ErrorCode.UPSTREAM_UNAVAILABLE, ErrorCode.UPSTREAM_TIMEOUT, ErrorCode.RATE_LIMITED)


@dataclass(frozen=True, slots=True)
class ReplyDelta:
    message_id: str
    cursor: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyReset:
    """The text so far is withdrawn: start again from `text`."""

    message_id: str
    cursor: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyDone:
    message_id: str
    cursor: str
    message: Message


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    message_id: str
    cursor: str
    code: ErrorCode
    retryable: bool
    message: Message


T = TypeVar("T")
ReplyEvent = ReplyDelta | ReplyReset | ReplyDone | ReplyFailed


class ReplyWatcher:
    """`pace` is that of whoever generates here: what is said comes already at the pace at which all can be told."""

    def __init__(self, reads: ReplyReads, feed: Feed, departures: Departures, pace: Pace) -> None:
        self._reads = reads
        self._feed = feed
        self._departures = departures
        self._pace = pace

    async def watch(self, viewer: Viewer, message_id: str, after: str | None) -> AsyncGenerator[ReplyEvent, None]:
        """The text after `after`, what comes, then ReplyDone or ReplyFailed. Raises BadUserInput, and NotFound as soon
        as the viewer is no member (any more)."""
        cursor = parse_cursor(after)
        key = _known(parse_message_id(message_id))
        with self._departures.watch(key.session_id) as doubt:
            run = await self._run(viewer, key)
            while not run.status.over:
                async with aclosing(self._grow(viewer, run, cursor)) as events:
                    async for event, cursor in events:  # noqa: B007 — the last position is where the end begins
                        if doubt.is_set():
                            doubt.clear()
                            await self._run(viewer, key)
                        yield event
                run = await self._ended(viewer, run)
        for event in ending(run, cursor):
            yield event

    async def finished(self, viewer: Viewer, key: MessageKey) -> Message:
        """Waits until the reply is over."""
        run = await self._run(viewer, key)
        while not run.status.over:
            async with aclosing(self._grow(viewer, run, None)) as events:
                async for _ in events:
                    pass
            run = await self._ended(viewer, run)
        return run.message

    async def run(self, viewer: Viewer, message_id: str) -> Run:
        """How far the reply is. Raises NotFound."""
        return await self._run(viewer, _known(parse_message_id(message_id)))

    async def _grow(
        self, viewer: Viewer, run: Run, cursor: Cursor | None
    ) -> AsyncGenerator[tuple[ReplyEvent, Cursor], None]:
        """Ends when the reply does: in a long silence the database is asked whether it has."""
        message = run.message
        key = MessageKey(message.session_id, message.seq)
        following = self._feed.follow(key, cursor, patience_s=PATIENCE_S)
        with self._pace.joined():
            async with aclosing(following) as growing:
                async for growth in growing:
                    if growth is not None:
                        event = ReplyReset if growth.reset else ReplyDelta
                        yield event(message.id, str(growth.cursor), growth.text), growth.cursor
                    elif (await self._now(viewer, run)).status.over:
                        return

    async def _ended(self, viewer: Viewer, run: Run) -> Run:
        """The feed is only a hint: it may be wrong about the end."""
        now = await self._now(viewer, run)
        if not now.status.over:
            await asyncio.sleep(RECONSIDER_S)
        return now

    async def _now(self, viewer: Viewer, run: Run) -> Run:
        """As it was before while the database is away."""
        with suppress(StorageAway):
            return await self._run(viewer, MessageKey(run.message.session_id, run.message.seq))
        return run

    async def _run(self, viewer: Viewer, key: MessageKey) -> Run:
        return _known(await self._reads.run(viewer.user_id, key))


def _known(found: T | None) -> T:
    if found is None:
        raise NotFound("没有找到这条回复", "No such reply.", field="messageId")
    return found


def ending(run: Run, cursor: Cursor | None) -> list[ReplyEvent]:
    """What a watcher at `cursor` still has to see of a reply that is over."""
    message, text = run.message, run.message.content
    whole = Cursor(run.attempt, len(text))
    last = str(Cursor(run.attempt, len(text) + 1))
    events: list[ReplyEvent] = []
    if cursor is not None and cursor.attempt != run.attempt:
        events.append(ReplyReset(message.id, str(whole), text))
    elif missing := text[cursor.position if cursor is not None else 0 :]:
        events.append(ReplyDelta(message.id, str(whole), missing))
    if run.status is RunStatus.FAILED:
        code = message.error_code or ErrorCode.INTERNAL_SERVER_ERROR
        events.append(ReplyFailed(message.id, last, code, code in RETRYABLE, message))
    else:
        events.append(ReplyDone(message.id, last, message))
    return events
