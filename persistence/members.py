"""Statements on who is in a session."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select, true, update
from sqlalchemy.dialects.postgresql import insert

from domain.chat.models import Member, MessageKind
from persistence.chat_rows import MEMBER_COLUMNS, member_of
from persistence.connection import Transaction
from persistence.departures import tell_departure
from persistence.tables.accounts import users
from persistence.tables.chat import chat_sessions, session_members


class MemberStatements:
    def __init__(self, connection: Transaction) -> None:
        self._connection = connection
        self.said: list[MessageKind] = []

    async def member(self, session_id: UUID, user_id: UUID) -> Member:
        query = select(*MEMBER_COLUMNS).where(_is(session_id, user_id))
        return member_of((await self._connection.execute(query)).one())

    async def members(self, session_id: UUID) -> list[Member]:
        query = (
            select(*MEMBER_COLUMNS)
            .where(session_members.c.session_id == session_id)
            .order_by(session_members.c.joined_at, session_members.c.user_id)
        )
        return [member_of(row) for row in await self._connection.execute(query)]

    async def join(self, session_id: UUID, user_ids: set[UUID]) -> set[UUID]:
        """With the role that each has in care; their history begins with what is said next."""
        joining = (
            select(
                chat_sessions.c.id, users.c.id, users.c.care_role, chat_sessions.c.last_seq, chat_sessions.c.last_seq
            )
            .select_from(chat_sessions.join(users, true()))
            .where(chat_sessions.c.id == session_id, users.c.id.in_(user_ids), users.c.is_active)
        )
        await self._connection.execute(
            insert(session_members)
            .from_select(["session_id", "user_id", "care_role", "read_seq", "joined_seq"], joining)
            .on_conflict_do_nothing()
        )
        found = await self._connection.scalars(
            select(session_members.c.user_id).where(
                session_members.c.session_id == session_id, session_members.c.user_id.in_(user_ids)
            )
        )
        return set(found)

    async def remove_member(self, session_id: UUID, user_id: UUID) -> bool:
        gone = await self._connection.execute(delete(session_members).where(_is(session_id, user_id)))
        await tell_departure(self._connection, session_id)
        return bool(gone.rowcount)

    async def set_owner(self, session_id: UUID, user_id: UUID) -> None:
        await self._connection.execute(
            update(chat_sessions).where(chat_sessions.c.id == session_id).values(owner_id=user_id)
        )

    async def advance_read(self, session_id: UUID, member_id: UUID, seq: int) -> bool:
        advanced = await self._connection.execute(
            update(session_members)
            .where(_is(session_id, member_id), session_members.c.read_seq < seq)
            .values(read_seq=seq)
        )
        return bool(advanced.rowcount)


def _is(session_id: UUID, user_id: UUID) -> Any:
    return and_(session_members.c.session_id == session_id, session_members.c.user_id == user_id)
