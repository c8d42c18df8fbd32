"""Statements on replies inside a transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.assistant.models import Claim, NewReply, Outcome, Run, RunStatus
from domain.chat.events import EventKind, NewEvent
from domain.chat.models import Message, MessageKey, MessageState
from persistence.chat_rows import MESSAGE_COLUMNS, message_of
from persistence.engine import Database
from persistence.events import EventStatements
from persistence.tables.chat import chat_sessions, messages, replies, session_members

OPEN = (RunStatus.QUEUED.value, RunStatus.RUNNING.value)
STATE_AFTER = {
    RunStatus.SUCCEEDED: MessageState.COMPLETE,
    RunStatus.FAILED: MessageState.FAILED,
    RunStatus.STOPPED: MessageState.STOPPED,
}


class ReplyStatements:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(self, reply: NewReply) -> None:
        await self._connection.execute(insert(replies).values(**asdict(reply), status=RunStatus.QUEUED.value))

    async def claim(self, key: MessageKey) -> Claim | None:
        claimed = await self._connection.execute(
            update(replies)
            .where(_is(replies, key), replies.c.status.in_(OPEN))
            .values(status=RunStatus.RUNNING.value, attempt=replies.c.attempt + 1, updated_at=func.now())
            .returning(replies.c.question_seq, replies.c.asker_id, replies.c.assistant, replies.c.attempt)
        )
        row = claimed.first()
        if row is None:
            return None
        await self._set_message(key, state=MessageState.STREAMING.value)
        return Claim(key, *row)

    async def finish(self, claim: Claim, outcome: Outcome) -> bool:
        finished = await self._connection.execute(
            update(replies)
            .where(_is(replies, claim.key), replies.c.attempt == claim.attempt, replies.c.status.in_(OPEN))
            .values(
                status=outcome.status.value,
                api_config_id=outcome.provider_id,
                updated_at=func.now(),
                finished_at=func.now(),
            )
        )
        if not finished.rowcount:
            return False
        await self._set_message(
            claim.key,
            state=STATE_AFTER[outcome.status].value,
            content=outcome.text,
            citations=[asdict(citation) for citation in outcome.citations] or None,
            error_code=outcome.error_code.value if outcome.error_code else None,
        )
        await EventStatements(self._connection).add(NewEvent(EventKind.MESSAGE_UPDATED, claim.key))
        return True

    async def stop_all(self, session_id: UUID) -> None:
        await self._connection.execute(
            update(replies)
            .where(replies.c.session_id == session_id, replies.c.status.in_(OPEN))
            .values(stop_requested=True)
        )

    async def conversation(self, session_id: UUID, *, until: int, limit: int) -> list[Message]:
        query = (
            select(*MESSAGE_COLUMNS)
            .where(messages.c.session_id == session_id, messages.c.seq.between(until - limit + 1, until))
            .order_by(messages.c.seq)
        )
        return [message_of(row) for row in await self._connection.execute(query)]

    async def _set_message(self, key: MessageKey, **values: Any) -> None:
        await self._connection.execute(
            update(messages).where(_is(messages, key)).values(updated_at=func.clock_timestamp(), **values)
        )


class ReplyReadStatements:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, member_id: UUID, key: MessageKey) -> Run | None:
        """On the primary: a watcher asks right after a reply was stored."""
        query = (
            select(replies.c.attempt, replies.c.status, *MESSAGE_COLUMNS)
            .select_from(
                replies.join(
                    messages, and_(messages.c.session_id == replies.c.session_id, messages.c.seq == replies.c.seq)
                )
                .join(session_members, session_members.c.session_id == replies.c.session_id)
                .join(chat_sessions, chat_sessions.c.id == replies.c.session_id)
            )
            .where(
                _is(replies, key),
                session_members.c.user_id == member_id,
                session_members.c.joined_seq < replies.c.seq,
                chat_sessions.c.deleted_at.is_(None),
            )
        )
        async with self._database.transaction() as connection:
            row: Sequence[Any] | None = (await connection.execute(query)).first()
        return Run(message_of(row[2:]), row[0], RunStatus(row[1])) if row is not None else None


def _is(table: Any, key: MessageKey) -> Any:
    return and_(table.c.session_id == key.session_id, table.c.seq == key.seq)
