"""What people do with replies: stop them, ask again, say how good they were."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from domain.assistant.cursors import Cursor, parse_cursor
from domain.assistant.models import Feedback, Run
from domain.assistant.ports import AssistantWork
from domain.assistant.watching import ReplyDelta, ReplyReset, ReplyWatcher
from domain.chat.models import ChatSession, Message, MessageKey, MessageState, Sent, SessionKind, parse_message_id
from domain.chat.ports import OpensWork
from domain.chat.rules import clean_client_key, clean_text
from domain.chat.service import guarded_session
from domain.errors import BadUserInput, Conflict, Forbidden, NotFound
from domain.viewer import CareRole, Viewer

STOP_PATIENCE_S = 3.0
LONGEST_POLL_MS = 25_000
MAX_REASONS = 10
MAX_REASON = 50
MAX_COMMENT = 1_000


@dataclass(frozen=True, slots=True)
class ReplySnapshot:
    """`text` is what came after the cursor that was asked for; from the start when `reset`."""

    message_id: str
    cursor: str
    state: MessageState
    text: str
    reset: bool
    done: bool


class ReplyService:
    def __init__(self, work: OpensWork[AssistantWork], watcher: ReplyWatcher) -> None:
        self._work = work
        self._watcher = watcher

    async def stop(self, viewer: Viewer, message_id: str) -> Message:
        """What was said stays. For who asked, the owner and doctors. One that is over stays as it is."""
        async with self._work() as work:
            session, run = await _own_run(work, viewer, message_id)
            await _check_may_steer(work, viewer, session, run)
            await work.replies.stop(_key(run))
        return await self._stopped(viewer, run)

    async def regenerate(self, viewer: Viewer, message_id: str, client_key: str) -> Sent:
        """A new reply to the same question, once for each client key. Raises Conflict while the old one runs."""
        clean_client_key(client_key)
        async with self._work() as work:
            session, run = await _own_run(work, viewer, message_id)
            await _check_may_steer(work, viewer, session, run)
            question = await work.chat.message(MessageKey(session.id, run.message.reply_to_seq or 0))
            if question is None or session.assistant_slug is None:
                raise NotFound(field="messageId")
            earlier = await work.replies.regenerated(session.id, viewer.user_id, client_key)
            if earlier is not None:
                return Sent(session, question, await work.chat.message(earlier), duplicate=True)
            if not run.status.over:
                raise Conflict("回复还在生成中", "The reply is still being generated.", field="messageId")
            return await self._ask_again(work, viewer, question, session.assistant_slug, client_key)

    async def _ask_again(
        self, work: AssistantWork, viewer: Viewer, question: Message, assistant: str, client_key: str
    ) -> Sent:
        reply = await work.chat.ask_again(question, viewer.user_id, assistant, client_key)
        session = await guarded_session(work, viewer, reply.session_id)
        return Sent(session, question, reply, duplicate=False)

    async def rate(self, viewer: Viewer, message_id: str, feedback: Feedback | None) -> Message:
        """None takes an earlier rating back."""
        checked = clean_feedback(feedback) if feedback is not None else None
        async with self._work() as work:
            _, run = await _own_run(work, viewer, message_id)
            await work.replies.rate(_key(run), viewer.user_id, checked)
        return run.message

    async def progress(self, viewer: Viewer, message_id: str, after: str | None, wait_ms: int) -> ReplySnapshot:
        """Answers as soon as there is something new, or after `wait_ms`."""
        if not 0 <= wait_ms <= LONGEST_POLL_MS:
            raise BadUserInput("waitMs 须在 0 到 25000 之间", "waitMs must be 0 to 25,000.", field="waitMs")
        start = parse_cursor(after) or Cursor(0, 0)
        async with aclosing(self._watcher.watch(viewer, message_id, after)) as events:
            try:
                async with asyncio.timeout(wait_ms / 1000):
                    event = await anext(events)
            except TimeoutError:
                event = None
        if isinstance(event, ReplyDelta | ReplyReset):
            reset = isinstance(event, ReplyReset)
            return ReplySnapshot(event.message_id, event.cursor, MessageState.STREAMING, event.text, reset, done=False)
        if event is not None:
            return ReplySnapshot(event.message_id, event.cursor, event.message.state, "", reset=False, done=True)
        run = await self._watcher.run(viewer, message_id)
        return ReplySnapshot(run.message.id, str(start), run.message.state, "", reset=False, done=False)

    async def _stopped(self, viewer: Viewer, run: Run) -> Message:
        """The generating process is told; it needs a moment to store what was said."""
        try:
            async with asyncio.timeout(STOP_PATIENCE_S):
                return await self._watcher.finished(viewer, _key(run))
        except TimeoutError:
            return (await self._watcher.run(viewer, run.message.id)).message


def clean_feedback(feedback: Feedback) -> Feedback:
    if len(feedback.reasons) > MAX_REASONS:
        raise BadUserInput("原因太多", f"At most {MAX_REASONS} reasons.", field="reasons")
    for reason in feedback.reasons:
        clean_text(reason, field="reasons", most=MAX_REASON)
    if feedback.comment is not None:
        clean_text(feedback.comment, field="comment", most=MAX_COMMENT)
    return feedback


def _key(run: Run) -> MessageKey:
    return MessageKey(run.message.session_id, run.message.seq)


async def _own_run(work: AssistantWork, viewer: Viewer, message_id: str) -> tuple[ChatSession, Run]:
    key = parse_message_id(message_id)
    session = await guarded_session(work, viewer, key.session_id if key else None, field="messageId", hold=True)
    run = await work.replies.run(key) if key is not None and key.seq > session.joined_seq else None
    if run is None:
        raise NotFound("没有找到这条回复", "No such reply.", field="messageId")
    return session, run


async def _check_may_steer(work: AssistantWork, viewer: Viewer, session: ChatSession, run: Run) -> None:
    if session.kind is SessionKind.ASSISTANT or session.owner_id == viewer.user_id:
        return
    question = await work.chat.message(MessageKey(session.id, run.message.reply_to_seq or 0))
    asked = question is not None and question.sender_id == viewer.user_id
    if not asked and session.member_role is not CareRole.DOCTOR:
        raise Forbidden
