"""Statements on replies inside a transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.assistant.models import Claim, Feedback, Outcome, Run, RunStatus
from domain.chat.events import EventKind, NewEvent
from domain.chat.models import Message, MessageKey, MessageState, message_id
from persistence.assistant_reads import OF_REPLY, is_reply, run_of
from persistence.chat_rows import MESSAGE_COLUMNS, message_of
from persistence.claiming import CLAIM, CONVERSATION, FINISH, HOLDS, RELEASE, TAKE_OVER, VERSIONS
from persistence.connection import Transaction
from persistence.events import EventStatements
from persistence.signals import notify
from persistence.tables.chat import message_feedback, messages, replies

STOP_SIGNAL = "stop"
STATE_AFTER = {
    RunStatus.SUCCEEDED: MessageState.COMPLETE,
    RunStatus.FAILED: MessageState.FAILED,
    RunStatus.STOPPED: MessageState.STOPPED,
}


class ReplyStatements:
    def __init__(self, connection: Transaction) -> None:
        self._connection = connection

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
        return await self._raise_attempt(CLAIM, {"of_session": key.session_id, "of_seq": key.seq})

    async def take_over(self, claim: Claim) -> Claim | None:
        return await self._raise_attempt(TAKE_OVER, _held(claim))

    async def holds(self, claim: Claim) -> bool:
        return (await self._connection.execute(HOLDS, _held(claim))).first() is not None

    async def release(self, claim: Claim) -> bool:
        return bool((await self._connection.execute(RELEASE, _held(claim))).rowcount)

    async def _raise_attempt(self, statement: Executable, values: dict[str, Any]) -> Claim | None:
        row = (await self._connection.execute(statement, values)).first()
        return Claim(MessageKey(row[0], row[1]), *row[2:]) if row is not None else None

    async def stop(self, key: MessageKey) -> bool:
        """In a session that is held: what is over lets the next in line begin."""
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

    async def finish(self, claim: Claim, outcome: Outcome) -> bool:
        await self._connection.hold(claim.key.session_id)
        ended = {
            "ended": outcome.status.value,
            "by": outcome.provider_id,
            "new_state": STATE_AFTER[outcome.status].value,
            "new_content": outcome.text,
            "new_citations": [asdict(citation) for citation in outcome.citations] or None,
            "new_error": outcome.error_code.value if outcome.error_code else None,
        }
        return (await self._connection.execute(FINISH, _held(claim) | ended)).first() is not None

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
        span = {"of_session": session_id, "low": until - limit + 1, "high": until}
        current = await self._unchanged(span, known)
        missing = span | {"known": [message.seq for message in current]}
        read = [message_of(row) for row in await self._connection.execute(CONVERSATION, missing)]
        return sorted([*current, *read], key=lambda message: message.seq)

    async def _unchanged(self, span: dict[str, Any], known: Sequence[Message]) -> list[Message]:
        if not known:
            return []
        versions = {row[0]: row[1] for row in await self._connection.execute(VERSIONS, span)}
        return [message for message in known if versions.get(message.seq) == message.updated_at]

    async def _set_message(self, key: MessageKey, **values: Any) -> None:
        await self._connection.execute(
            update(messages).where(is_reply(messages, key)).values(updated_at=func.clock_timestamp(), **values)
        )


def _held(claim: Claim) -> dict[str, Any]:
    return {"of_session": claim.key.session_id, "of_seq": claim.key.seq, "held": claim.attempt}
