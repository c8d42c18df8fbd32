"""Reads of replies: how far they are, and what people think of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from domain.assistant.models import Feedback, Rating, Run, RunStatus
from domain.chat.models import MessageKey
from persistence.chat_queries import MESSAGE_KEYS, message_arrays
from persistence.chat_rows import MESSAGE_COLUMNS, message_of
from persistence.engine import Readable
from persistence.prepared import Prepared
from persistence.tables.chat import chat_sessions, message_feedback, messages, replies, session_members

OF_REPLY = and_(messages.c.session_id == replies.c.session_id, messages.c.seq == replies.c.seq)

FEEDBACK = Prepared(
    select(
        *(message_feedback.c[name] for name in ("user_id", "session_id", "seq", "rating", "reasons", "comment"))
    ).join_from(
        MESSAGE_KEYS,
        message_feedback,
        and_(
            message_feedback.c.session_id == MESSAGE_KEYS.c.session,
            message_feedback.c.seq == MESSAGE_KEYS.c.seq,
            message_feedback.c.user_id == MESSAGE_KEYS.c.member,
        ),
    )
)


class ReplyReadStatements:
    def __init__(self, database: Readable) -> None:
        self._database = database

    async def run(self, member_id: UUID, key: MessageKey) -> Run | None:
        """On the primary: a watcher asks right after a reply was stored."""
        query = (
            select(replies.c.attempt, replies.c.status, *MESSAGE_COLUMNS)
            .select_from(
                replies.join(messages, OF_REPLY)
                .join(session_members, session_members.c.session_id == replies.c.session_id)
                .join(chat_sessions, chat_sessions.c.id == replies.c.session_id)
            )
            .where(
                is_reply(replies, key),
                session_members.c.user_id == member_id,
                session_members.c.joined_seq < replies.c.seq,
                chat_sessions.c.deleted_at.is_(None),
            )
        )
        async with self._database.transaction() as connection:
            row: Sequence[Any] | None = (await connection.execute(query)).first()
        return run_of(row) if row is not None else None

    async def feedback(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[Feedback | None]:
        rows = await self._database.fetch(FEEDBACK, **message_arrays(keys))
        found = {(row[0], MessageKey(row[1], row[2])): Feedback(Rating(row[3]), row[4], row[5]) for row in rows}
        return [found.get(key) for key in keys]


def run_of(row: Sequence[Any]) -> Run:
    return Run(message_of(row[2:]), row[0], RunStatus(row[1]))


def is_reply(table: Any, key: MessageKey) -> Any:
    return and_(table.c.session_id == key.session_id, table.c.seq == key.seq)
