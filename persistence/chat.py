"""Statements on conversations inside a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.chat.events import EventKind, NewEvent
from domain.chat.models import (
    ChatSession,
    Draft,
    Message,
    MessageKey,
    MessageKind,
    MessageState,
    NewSession,
    Said,
    SessionChange,
)
from persistence.appending import ASK, ASK_AGAIN, SAY, values_of
from persistence.chat_rows import MESSAGE_COLUMNS, SESSION_COLUMNS, message_of, session_of
from persistence.events import EventStatements
from persistence.histories import FORGET
from persistence.members import MemberStatements
from persistence.message_files import detach
from persistence.signals import notify
from persistence.tables.chat import chat_sessions, messages, session_members
from persistence.tables.files import message_files

WIDTH = len(MESSAGE_COLUMNS)
IN_SESSION = chat_sessions.join(session_members, session_members.c.session_id == chat_sessions.c.id)
OWN_SESSION = (
    select(*SESSION_COLUMNS)
    .select_from(IN_SESSION)
    .where(
        chat_sessions.c.id == bindparam("session", type_=Uuid),
        chat_sessions.c.deleted_at.is_(None),
        session_members.c.user_id == bindparam("member", type_=Uuid),
    )
)


class ChatStatements(MemberStatements):
    async def create_session(self, new: NewSession) -> bool:
        values = {
            "id": new.id,
            "kind": new.kind.value,
            "title": new.title,
            "description": new.description,
            "owner_id": new.owner_id,
            "assistant": new.assistant_slug,
            "ai_mode": new.ai_mode.value,
            "created_key": new.created_key,
        }
        created = await self._connection.execute(
            upsert(chat_sessions)
            .values(values)
            .on_conflict_do_nothing(index_elements=["owner_id", "created_key"])
            .returning(chat_sessions.c.id)
        )
        if created.first() is None:
            return False
        await self._connection.execute(
            insert(session_members).values(
                session_id=new.id, user_id=new.owner_id, care_role=new.owner_role.value, joined_seq=0
            )
        )
        return True

    async def created_session(self, owner_id: UUID, created_key: str) -> UUID | None:
        query = select(chat_sessions.c.id).where(
            chat_sessions.c.owner_id == owner_id, chat_sessions.c.created_key == created_key
        )
        found: UUID | None = (await self._connection.execute(query)).scalar()
        return found

    async def session(self, member_id: UUID, session_id: UUID, *, hold: bool = False) -> ChatSession | None:
        if hold:
            await self._connection.hold(session_id)
        row = (await self._connection.execute(OWN_SESSION, {"session": session_id, "member": member_id})).first()
        return session_of(row) if row is not None else None

    async def say(self, draft: Draft, answerer: str | None = None) -> Said | None:
        """All of it in one statement, with what is told to everybody."""
        if answerer is None:
            row = (await self._connection.execute(SAY, values_of(draft))).first()
        else:
            asked = {"asker_id": draft.sender_id, "answerer": answerer, "asked_key": None}
            row = (await self._connection.execute(ASK, values_of(draft) | asked)).first()
        if row is None:
            return None
        said = Said(message_of(row[:WIDTH]), message_of(row[WIDTH:-1]) if answerer is not None else None)
        self.said.extend(message.kind for message in said if message is not None)
        return said

    async def ask_again(self, question: Message, asker_id: UUID, answerer: str, client_key: str) -> Message:
        asked = {"asker_id": asker_id, "answerer": answerer, "asked_key": client_key}
        place = {"in_session": question.session_id, "question_seq": question.seq}
        row = (await self._connection.execute(ASK_AGAIN, asked | place)).one()
        self.said.append(MessageKind.AI_REPLY)
        return message_of(row[:-1])

    async def sent_before(self, session_id: UUID, sender_id: UUID, client_key: str) -> Message | None:
        query = select(*MESSAGE_COLUMNS).where(
            messages.c.session_id == session_id,
            messages.c.sender_id == sender_id,
            messages.c.client_key == client_key,
        )
        return _message_or_none((await self._connection.execute(query)).first())

    async def reply_to(self, session_id: UUID, seq: int) -> Message | None:
        query = (
            select(*MESSAGE_COLUMNS)
            .where(
                messages.c.session_id == session_id,
                messages.c.seq > seq,
                messages.c.reply_to_seq == seq,
                messages.c.kind == MessageKind.AI_REPLY.value,
            )
            .order_by(messages.c.seq)
            .limit(1)
        )
        return _message_or_none((await self._connection.execute(query)).first())

    async def message(self, key: MessageKey) -> Message | None:
        query = select(*MESSAGE_COLUMNS).where(_is(key))
        return _message_or_none((await self._connection.execute(query)).first())

    async def recall(self, key: MessageKey, sender_id: UUID, since: datetime) -> Message | None:
        recalled = await self._connection.execute(
            update(messages)
            .where(
                _is(key),
                messages.c.sender_id == sender_id,
                messages.c.state == MessageState.SENT.value,
                messages.c.created_at >= since,
            )
            .values(state=MessageState.RECALLED.value, content="", updated_at=func.clock_timestamp())
            .returning(*MESSAGE_COLUMNS)
        )
        message = _message_or_none(recalled.first())
        if message is not None:
            in_message = message_files.c.session_id == key.session_id, message_files.c.seq == key.seq
            await detach(self._connection, *in_message)
            await self.tell(NewEvent(EventKind.MESSAGE_UPDATED, key))
            await notify(self._connection, FORGET, str(key.session_id))
        return message

    async def tell(self, event: NewEvent) -> None:
        await EventStatements(self._connection).add(event)

    async def change_session(self, member_id: UUID, session_id: UUID, change: SessionChange) -> None:
        shared = {"title": change.title, "ai_mode": change.ai_mode.value if change.ai_mode else None}
        own = {"pinned": change.pinned, "archived": change.archived}
        if given := {name: value for name, value in shared.items() if value is not None}:
            await self._connection.execute(update(chat_sessions).where(chat_sessions.c.id == session_id).values(given))
        if given_own := {name: value for name, value in own.items() if value is not None}:
            await self._connection.execute(
                update(session_members)
                .where(session_members.c.session_id == session_id, session_members.c.user_id == member_id)
                .values(given_own)
            )

    async def delete_session(self, session_id: UUID) -> None:
        await self._connection.execute(
            update(chat_sessions).where(chat_sessions.c.id == session_id).values(deleted_at=func.now())
        )
        await detach(self._connection, message_files.c.session_id == session_id)
        await self._connection.execute(delete(messages).where(messages.c.session_id == session_id))
        await notify(self._connection, FORGET, str(session_id))


def _message_or_none(row: Sequence[Any] | None) -> Message | None:
    return message_of(row) if row is not None else None


def _is(key: MessageKey) -> Any:
    return and_(messages.c.session_id == key.session_id, messages.c.seq == key.seq)
