"""Care groups: who is in them, and who may change that."""

from collections.abc import Sequence
from typing import Generic, TypeVar
from uuid import UUID

from domain.chat.events import EventKind, NewEvent
from domain.chat.models import (
    AiMode,
    ChatSession,
    Member,
    MessageKey,
    NewSession,
    SessionKind,
)
from domain.chat.ports import ChatWork, OpensWork, Responder
from domain.chat.rules import clean_text, clean_title
from domain.chat.service import guarded_session
from domain.clock import new_id, parse_id
from domain.errors import BadUserInput, Forbidden, NotFound
from domain.viewer import CareRole, Viewer

MAX_MEMBERS = 500
MAX_DESCRIPTION = 500
W = TypeVar("W", bound=ChatWork)


class GroupService(Generic[W]):
    def __init__(self, work: OpensWork[W], responder: Responder[W]) -> None:
        self._work = work
        self._responder = responder

    async def create(
        self,
        viewer: Viewer,
        name: str,
        description: str | None,
        member_ids: Sequence[str],
        ai_mode: AiMode,
        assistant: str,
    ) -> ChatSession:
        new = NewSession(
            id=new_id(),
            kind=SessionKind.GROUP,
            title=clean_title(clean_text(name, field="name")),
            description=clean_text(description, field="description", most=MAX_DESCRIPTION) if description else None,
            owner_id=viewer.user_id,
            owner_role=viewer.care_role,
            assistant_slug=assistant,
            ai_mode=ai_mode,
        )
        async with self._work() as work:
            await self._responder.check_assistant(work, assistant)
            await work.chat.create_session(new)
            await _join(work, new.id, set(_ids(member_ids, "memberIds")) - {viewer.user_id}, "memberIds")
            await _tell_members_changed(work, new.id)
            return await guarded_session(work, viewer, new.id)

    async def add_members(self, viewer: Viewer, session_id: str, user_ids: Sequence[str]) -> ChatSession:
        """For the owner and doctors. Adding somebody again changes nothing."""
        async with self._work() as work:
            session = await _managed(work, viewer, session_id)
            await _join(work, session.id, set(_ids(user_ids, "userIds")), "userIds")
            await _tell_members_changed(work, session.id)
            return await guarded_session(work, viewer, session.id)

    async def remove_member(self, viewer: Viewer, session_id: str, user_id: str) -> ChatSession:
        """For the owner and doctors; the owner can only leave."""
        async with self._work() as work:
            session = await _managed(work, viewer, session_id)
            (gone,) = _ids([user_id], "userId")
            if gone == session.owner_id:
                raise Forbidden("不能移除群主", "The owner cannot be removed.")
            if not await work.chat.remove_member(session.id, gone):
                raise NotFound("没有找到这位成员", "No such member.", field="userId")
            await _tell_members_changed(work, session.id)
            return await guarded_session(work, viewer, session.id)

    async def leave(self, viewer: Viewer, session_id: str) -> UUID:
        """An owner's group goes to a doctor, else to whoever has been in it longest; an empty one is deleted."""
        async with self._work() as work:
            session = await _group(work, viewer, session_id)
            await work.chat.remove_member(session.id, viewer.user_id)
            if session.owner_id == viewer.user_id:
                await _hand_over(work, session.id)
            await _tell_members_changed(work, session.id)
        return session.id


def heir(members: Sequence[Member]) -> Member | None:
    """Who becomes the owner. `members`: in the order of joining."""
    doctors = [member for member in members if member.care_role is CareRole.DOCTOR]
    return next(iter([*doctors, *members]), None)


async def _hand_over(work: ChatWork, session_id: UUID) -> None:
    next_owner = heir(await work.chat.members(session_id))
    if next_owner is None:
        await work.chat.delete_session(session_id)
    else:
        await work.chat.set_owner(session_id, next_owner.user_id)


async def _join(work: ChatWork, session_id: UUID, user_ids: set[UUID], field: str) -> None:
    """All of them or none. Raises NotFound for somebody unknown, BadUserInput when the group gets too large."""
    if user_ids - await work.chat.join(session_id, user_ids):
        raise NotFound("没有找到这位用户", "No such user.", field=field)
    if len(await work.chat.members(session_id)) > MAX_MEMBERS:
        raise BadUserInput(f"群成员不能超过 {MAX_MEMBERS} 人", f"At most {MAX_MEMBERS} members.", field=field)


async def _group(work: ChatWork, viewer: Viewer, session_id: str) -> ChatSession:
    session = await guarded_session(work, viewer, parse_id(session_id), field="sessionId", hold=True)
    if session.kind is not SessionKind.GROUP:
        raise BadUserInput("这不是群聊", "This session is not a group.", field="sessionId")
    return session


async def _managed(work: ChatWork, viewer: Viewer, session_id: str) -> ChatSession:
    session = await _group(work, viewer, session_id)
    if session.owner_id != viewer.user_id and session.member_role is not CareRole.DOCTOR:
        raise Forbidden
    return session


def _ids(texts: Sequence[str], field: str) -> list[UUID]:
    """A malformed id must look like an unknown one."""
    if len(texts) > MAX_MEMBERS:
        raise BadUserInput(f"群成员不能超过 {MAX_MEMBERS} 人", f"At most {MAX_MEMBERS} members.", field=field)
    known = [parse_id(text) for text in texts]
    if None in known:
        raise NotFound("没有找到这位用户", "No such user.", field=field)
    return [user_id for user_id in known if user_id is not None]


async def _tell_members_changed(work: ChatWork, session_id: UUID) -> None:
    await work.chat.tell(NewEvent(EventKind.MEMBERS_CHANGED, MessageKey(session_id, 0)))
