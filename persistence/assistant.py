"""Statements on replies inside a transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.assistant.models import Claim, Feedback, NewReply, Outcome, Run, RunStatus
from domain.chat.events import EventKind, NewEvent
from domain.chat.models import Message, MessageKey, MessageState, message_id
from persistence.assistant_reads import OF_REPLY, is_reply, run_of
from persistence.chat_rows import MESSAGE_COLUMNS, message_of
from persistence.events import EventStatements
from persistence.signals import notify
from persistence.tables.chat import chat_sessions, message_feedback, messages, replies

OPEN = (RunStatus.QUEUED.value, RunStatus.RUNNING.value)
STOP_SIGNAL = "stop"
CLAIM_COLUMNS = tuple(
    replies.c[name]
    for name in ("session_id", "seq", "question_seq", "asker_id", "assistant", "attempt", "claims", "stop_requested")
)
OTHERS = replies.alias("others")
STATE_AFTER = {
    RunStatus.SUCCEEDED: MessageState.COMPLETE,
    RunStatus.FAILED: MessageState.FAILED,
    RunStatus.STOPPED: MessageState.STOPPED,
}


class ReplyStatements:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(self, reply: NewReply) -> bool:
        """The session's row is locked by the message that was stored before, so nobody ends or begins meanwhile."""
        earlier = select(OTHERS.c.seq).where(OTHERS.c.session_id == reply.session_id, OTHERS.c.status.in_(OPEN))
        created = await self._connection.execute(
            insert(replies).values(**asdict(reply), status=RunStatus.QUEUED.value).returning(~earlier.exists())
        )
        return bool(created.scalar())

    async def next_in_line(self, session_id: UUID) -> MessageKey | None:
        query = select(func.min(replies.c.seq)).where(replies.c.session_id == session_id, replies.c.status.in_(OPEN))
        seq = (await self._connection.execute(query)).scalar()
        return MessageKey(session_id, seq) if seq is not None else None

    async def regenerated(self, session_id: UUID, asker_id: UUID, client_key: str) -> MessageKey | None:
        query = select(replies.c.seq).where(
            replies.c.session_id == session_id, replies.c.asker_id == asker_id, replies.c.client_key == client_key
        )
        seq = (await self._connection.execute(query)).scalar()
        return MessageKey(session_id, seq) if seq is not None else None

    async def run(self, key: MessageKey) -> Run | None:
        query = select(replies.c.attempt, replies.c.status, *MESSAGE_COLUMNS).join_from(replies, messages, OF_REPLY)
        row = (await self._connection.execute(query.where(is_reply(replies, key)))).first()
        return run_of(row) if row is not None else None

    async def claim(self, key: MessageKey) -> Claim | None:
        claimed = await self._raise_attempt(
            and_(is_reply(replies, key), replies.c.status.in_(OPEN)),
            status=RunStatus.RUNNING.value,
            claims=replies.c.claims + 1,
        )
        if claimed is not None:
            await self._set_message(key, state=MessageState.STREAMING.value)
        return claimed

    async def take_over(self, claim: Claim) -> Claim | None:
        return await self._raise_attempt(_held(claim))

    async def holds(self, claim: Claim) -> bool:
        query = select(replies.c.attempt).where(_held(claim))
        return (await self._connection.execute(query)).first() is not None

    async def release(self, claim: Claim) -> bool:
        released = await self._connection.execute(
            update(replies).where(_held(claim)).values(claims=replies.c.claims - 1, updated_at=func.now())
        )
        return bool(released.rowcount)

    async def _raise_attempt(self, condition: ColumnElement[bool], **values: Any) -> Claim | None:
        raised = await self._connection.execute(
            update(replies)
            .where(condition)
            .values(attempt=replies.c.attempt + 1, updated_at=func.now(), **values)
            .returning(*CLAIM_COLUMNS)
        )
        row = raised.first()
        return Claim(MessageKey(row[0], row[1]), *row[2:]) if row is not None else None

    async def stop(self, key: MessageKey) -> bool:
        """The session's row first: what is over lets the next in line begin."""
        await self._lock_session(key.session_id)
        ended = await self._connection.execute(
            update(replies)
            .where(is_reply(replies, key), replies.c.status == RunStatus.QUEUED.value)
            .values(status=RunStatus.STOPPED.value, finished_at=func.now(), updated_at=func.now())
        )
        if ended.rowcount:
            await self._set_message(key, state=MessageState.STOPPED.value)
            await EventStatements(self._connection).add(NewEvent(EventKind.MESSAGE_UPDATED, key))
            return True
        return bool(await self._request_stop(is_reply(replies, key)))

    async def stop_all(self, session_id: UUID, question_seq: int | None = None) -> None:
        meant = replies.c.session_id == session_id
        if question_seq is not None:
            meant = and_(meant, replies.c.question_seq == question_seq)
        queued = select(replies.c.seq).where(meant, replies.c.status == RunStatus.QUEUED.value)
        for seq in (await self._connection.scalars(queued)).all():
            await self.stop(MessageKey(session_id, seq))
        await self._request_stop(meant)

    async def _request_stop(self, condition: ColumnElement[bool]) -> int:
        asked = await self._connection.execute(
            update(replies)
            .where(condition, replies.c.status == RunStatus.RUNNING.value)
            .values(stop_requested=True)
            .returning(replies.c.session_id, replies.c.seq)
        )
        running = asked.all()
        for session_id, seq in running:
            await notify(self._connection, STOP_SIGNAL, message_id(session_id, seq))
        return len(running)

    async def _lock_session(self, session_id: UUID) -> None:
        await self._connection.execute(
            select(chat_sessions.c.id).where(chat_sessions.c.id == session_id).with_for_update()
        )

    async def finish(self, claim: Claim, outcome: Outcome) -> bool:
        await self._lock_session(claim.key.session_id)
        finished = await self._connection.execute(
            update(replies)
            .where(_held(claim))
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

    async def rate(self, key: MessageKey, user_id: UUID, feedback: Feedback | None) -> None:
        if feedback is None:
            taken_back = delete(message_feedback).where(
                is_reply(message_feedback, key), message_feedback.c.user_id == user_id
            )
            await self._connection.execute(taken_back)
            return
        statement = upsert(message_feedback).values(
            session_id=key.session_id,
            seq=key.seq,
            user_id=user_id,
            rating=feedback.rating.value,
            reasons=feedback.reasons,
            comment=feedback.comment,
        )
        new = statement.excluded
        changed = {"rating": new.rating, "reasons": new.reasons, "comment": new.comment, "updated_at": func.now()}
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=["session_id", "seq", "user_id"], set_=changed)
        )

    async def conversation(
        self, session_id: UUID, *, until: int, limit: int, known: Sequence[Message] = ()
    ) -> list[Message]:
        asked = and_(messages.c.session_id == session_id, messages.c.seq.between(until - limit + 1, until))
        current = await self._unchanged(asked, known)
        missing = select(*MESSAGE_COLUMNS).where(asked, messages.c.seq.not_in([message.seq for message in current]))
        read = [message_of(row) for row in await self._connection.execute(missing)]
        return sorted([*current, *read], key=lambda message: message.seq)

    async def _unchanged(self, asked: ColumnElement[bool], known: Sequence[Message]) -> list[Message]:
        if not known:
            return []
        rows = await self._connection.execute(select(messages.c.seq, messages.c.updated_at).where(asked))
        versions = {row[0]: row[1] for row in rows}
        return [message for message in known if versions.get(message.seq) == message.updated_at]

    async def _set_message(self, key: MessageKey, **values: Any) -> None:
        await self._connection.execute(
            update(messages).where(is_reply(messages, key)).values(updated_at=func.clock_timestamp(), **values)
        )


def _held(claim: Claim) -> ColumnElement[bool]:
    """Nobody else has claimed it since."""
    return and_(is_reply(replies, claim.key), replies.c.attempt == claim.attempt, replies.c.status.in_(OPEN))
