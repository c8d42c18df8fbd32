"""What people do in conversations. Every change is one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Generic, TypeVar
from uuid import UUID

from domain.chat.events import EventKind, NewEvent
from domain.chat.models import (
    AiMode,
    ChatSession,
    Draft,
    Member,
    Message,
    MessageKey,
    MessageState,
    NewSession,
    Outgoing,
    Sent,
    SessionChange,
    SessionKind,
    parse_message_id,
)
from domain.chat.ports import ChatReads, ChatWork, OpensWork, Responder
from domain.chat.rules import clean_client_key, clean_images, clean_text, clean_title, no_such_image
from domain.clock import Clock, new_id, parse_id
from domain.errors import Conflict, Forbidden, NotFound
from domain.paging import Page, page_size
from domain.viewer import CareRole, Viewer

RECALL_WITHIN = timedelta(minutes=2)
MAX_SEARCH = 100
W = TypeVar("W", bound=ChatWork)


class ChatService(Generic[W]):
    def __init__(self, work: OpensWork[W], reads: ChatReads, responder: Responder[W], clock: Clock) -> None:
        self._work = work
        self._reads = reads
        self._responder = responder
        self._clock = clock

    async def create_session(self, viewer: Viewer, assistant: str, title: str | None) -> ChatSession:
        new = _assistant_session(viewer, assistant, clean_title(title), created_key=None)
        async with self._work() as work:
            await self._responder.check_assistant(work, assistant)
            await work.chat.create_session(new)
            await work.chat.tell(NewEvent(EventKind.MEMBERS_CHANGED, MessageKey(new.id, 0)))
            return await guarded_session(work, viewer, new.id)

    async def update_session(self, viewer: Viewer, session_id: str, change: SessionChange) -> ChatSession:
        """Title and AI mode are the owner's and doctors' to change, pinning and archiving each member's own."""
        clean_title(change.title)
        async with self._work() as work:
            session = await guarded_session(work, viewer, parse_id(session_id), hold=True)
            if (change.title, change.ai_mode) != (None, None) and not _manages(viewer, session):
                raise Forbidden
            await work.chat.change_session(viewer.user_id, session.id, change)
            if change.ai_mode is AiMode.OFF:
                await self._responder.hush(work, session.id)
            return await guarded_session(work, viewer, session.id)

    async def delete_session(self, viewer: Viewer, session_id: str) -> UUID:
        async with self._work() as work:
            session = await guarded_session(work, viewer, parse_id(session_id), hold=True)
            if session.owner_id != viewer.user_id:
                raise Forbidden
            await work.chat.delete_session(session.id)
        return session.id

    async def mark_read(self, viewer: Viewer, session_id: str, seq: int) -> Member:
        """Never goes back; beyond the newest message it means the newest."""
        async with self._work() as work:
            session = await guarded_session(work, viewer, parse_id(session_id), field="sessionId")
            read = min(max(seq, 0), session.last_seq)
            if await work.chat.advance_read(session.id, viewer.user_id, read):
                event = NewEvent(EventKind.READ_ADVANCED, MessageKey(session.id, read), viewer.user_id)
                await work.chat.tell(event)
            return await work.chat.member(session.id, viewer.user_id)

    async def recall(self, viewer: Viewer, message_id: str) -> Message:
        """Its content is gone everywhere. Raises NotFound unless it is the viewer's, Conflict after two minutes."""
        key = parse_message_id(message_id)
        async with self._work() as work:
            await guarded_session(work, viewer, key.session_id if key else None, hold=True)
            if key is None or (said := await work.chat.message(key)) is None or said.sender_id != viewer.user_id:
                raise NotFound("没有找到这条消息", "No such message.")
            recalled = await work.chat.recall(key, viewer.user_id, self._clock() - RECALL_WITHIN)
            if recalled is None:
                raise Conflict("只能撤回两分钟内发送的消息", "Only within two minutes of sending.")
            await self._responder.forget(work, recalled)
        return recalled

    async def search(
        self, viewer: Viewer, text: str, session_id: str | None, *, first: int, after: str | None
    ) -> Page[Message]:
        """Raises NotFound for a session that is not the viewer's."""
        limit = page_size(first)
        clean_text(text, most=MAX_SEARCH)
        only = None
        if session_id is not None:
            async with self._work() as work:
                only = (await guarded_session(work, viewer, parse_id(session_id), field="sessionId")).id
        return await self._reads.search(viewer.user_id, text, session_id=only, limit=limit, after=after)

    async def send_text(self, viewer: Viewer, outgoing: Outgoing) -> Sent:
        """Exactly once for each client key of a sender in a session, however often it is repeated."""
        clean_text(outgoing.text)
        return await self.send(viewer, outgoing)

    async def send_image(self, viewer: Viewer, outgoing: Outgoing, file_ids: Sequence[str]) -> Sent:
        """1 to 9 pictures of the sender, perhaps with a text; exactly once, as texts are."""
        text = clean_text(outgoing.text) if outgoing.text.strip() else ""
        return await self.send(viewer, replace(outgoing, text=text, image_ids=clean_images(file_ids)))

    async def send(self, viewer: Viewer, outgoing: Outgoing) -> Sent:
        """The same for a text that the house composed: it may be longer than what people type."""
        clean_client_key(outgoing.client_key)
        try:
            async with self._work() as work:
                return await self._send(work, viewer, outgoing)
        except _Repeated:
            async with self._work() as work:
                return await self._first_result(work, viewer, outgoing)

    async def _send(self, work: W, viewer: Viewer, outgoing: Outgoing) -> Sent:
        session = await self._session_for(work, viewer, outgoing)
        draft = _draft(session, viewer, outgoing)
        if outgoing.image_ids and await work.chat.sent_before(session.id, viewer.user_id, outgoing.client_key):
            raise _Repeated  # whatever the assistant may have forgotten to see since
        said = await work.chat.say(draft, await self._responder.answerer(work, session, draft))
        if said is None:
            raise _Repeated
        message, reply = said
        if outgoing.image_ids and not await _attach(work, viewer, message, outgoing):
            raise no_such_image()
        newest = reply or message
        seen = session._replace(last_seq=newest.seq, read_seq=message.seq, updated_at=newest.created_at)
        return Sent(seen, message, reply, duplicate=False)

    async def _session_for(self, work: W, viewer: Viewer, outgoing: Outgoing) -> ChatSession:
        if outgoing.session_id is not None:
            return await guarded_session(work, viewer, parse_id(outgoing.session_id), field="sessionId", hold=True)
        await self._responder.check_assistant(work, outgoing.assistant)
        new = _assistant_session(viewer, outgoing.assistant, title=None, created_key=outgoing.client_key)
        if not await work.chat.create_session(new):
            raise _Repeated
        await work.chat.tell(NewEvent(EventKind.MEMBERS_CHANGED, MessageKey(new.id, 0)))
        return await guarded_session(work, viewer, new.id)

    async def _first_result(self, work: W, viewer: Viewer, outgoing: Outgoing) -> Sent:
        session_id = (
            parse_id(outgoing.session_id)
            if outgoing.session_id is not None
            else await work.chat.created_session(viewer.user_id, outgoing.client_key)
        )
        session = await guarded_session(work, viewer, session_id, field="sessionId")
        message = await work.chat.sent_before(session.id, viewer.user_id, outgoing.client_key)
        if message is None:
            raise NotFound(field="clientKey")
        reply = await work.chat.reply_to(session.id, message.seq)
        return Sent(session, message, reply, duplicate=True)


class _Repeated(Exception):
    """Rolls back the second sending of one client key."""


async def guarded_session(
    work: ChatWork, viewer: Viewer, session_id: UUID | None, *, field: str | None = None, hold: bool = False
) -> ChatSession:
    """The one way to a session inside a transaction. Raises NotFound unless the viewer is a member."""
    session = await work.chat.session(viewer.user_id, session_id, hold=hold) if session_id is not None else None
    if session is None:
        raise NotFound("没有找到这个会话", "No such session.", field=field)
    return session


def _manages(viewer: Viewer, session: ChatSession) -> bool:
    by_role = session.kind is SessionKind.GROUP and session.member_role is CareRole.DOCTOR
    return session.owner_id == viewer.user_id or by_role


def _assistant_session(viewer: Viewer, assistant: str, title: str | None, created_key: str | None) -> NewSession:
    return NewSession(
        id=new_id(),
        kind=SessionKind.ASSISTANT,
        title=title,
        description=None,
        owner_id=viewer.user_id,
        owner_role=viewer.care_role,
        assistant_slug=assistant,
        ai_mode=AiMode.AUTO,
        created_key=created_key,
    )


async def _attach(work: ChatWork, viewer: Viewer, message: Message, outgoing: Outgoing) -> bool:
    key = MessageKey(message.session_id, message.seq)
    return await work.message_files.attach(key, viewer.user_id, outgoing.image_ids)


def _draft(session: ChatSession, viewer: Viewer, outgoing: Outgoing) -> Draft:
    return Draft(
        session_id=session.id,
        sender_id=viewer.user_id,
        sender_role=session.member_role,
        kind=outgoing.kind,
        state=MessageState.SENT,
        content=outgoing.text,
        client_key=outgoing.client_key,
    )
