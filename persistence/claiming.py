"""The statements of who generates a reply: claimed by one process at a time, ended once."""

from typing import Any

from sqlalchemy import ARRAY, CTE, Integer, Text, Uuid, all_, and_, bindparam, func, insert, literal, select, update

from domain.assistant.models import RunStatus
from domain.chat.events import EventKind
from domain.chat.models import MessageState
from domain.errors import ErrorCode
from persistence.chat_rows import MESSAGE_COLUMNS
from persistence.events import SIGNAL
from persistence.signals import told
from persistence.tables.assistant import ai_interactions
from persistence.tables.chat import messages, replies, unfinished
from persistence.tables.events import session_events

SESSION = bindparam("of_session", type_=Uuid)
THIS = and_(replies.c.session_id == SESSION, replies.c.seq == bindparam("of_seq", type_=Integer), unfinished(replies))
# Nobody else has claimed it since.
HELD = and_(THIS, replies.c.attempt == bindparam("held", type_=Integer))
CLAIM_COLUMNS = tuple(
    replies.c[name]
    for name in ("session_id", "seq", "question_seq", "asker_id", "assistant", "attempt", "claims", "stop_requested")
)
NEXT_ATTEMPT = update(replies).values(attempt=replies.c.attempt + 1, updated_at=func.now()).returning(*CLAIM_COLUMNS)


def _message_of(reply: CTE, **values: Any) -> CTE:
    is_its = and_(messages.c.session_id == reply.c.session_id, messages.c.seq == reply.c.seq)
    return update(messages).where(is_its).values(updated_at=func.clock_timestamp(), **values).cte("shown")


def _claim() -> Any:
    """What earlier attempts still asked has lost its worker."""
    claims = replies.c.claims + 1
    claimed = NEXT_ATTEMPT.where(THIS).values(status=RunStatus.RUNNING.value, claims=claims).cte("claimed")
    lost = (
        update(ai_interactions)
        .where(
            ai_interactions.c.session_id == claimed.c.session_id,
            ai_interactions.c.reply_seq == claimed.c.seq,
            ai_interactions.c.status == RunStatus.RUNNING.value,
        )
        .values(
            status=RunStatus.FAILED.value,
            error_code=ErrorCode.INTERNAL_SERVER_ERROR.value,
            error_message="the process that asked was lost",
            updated_at=func.now(),
        )
    )
    shown = _message_of(claimed, state=MessageState.STREAMING.value)
    return select(claimed).add_cte(shown, lost.cte("lost"))


def _finish() -> Any:
    """Text, status and event together."""
    finished = (
        update(replies)
        .where(HELD)
        .values(
            status=bindparam("ended", type_=Text),
            api_config_id=bindparam("by", type_=Uuid),
            updated_at=func.now(),
            finished_at=func.now(),
        )
        .returning(replies.c.session_id, replies.c.seq)
        .cte("finished")
    )
    shown = _message_of(
        finished,
        state=bindparam("new_state", type_=Text),
        content=bindparam("new_content", type_=Text),
        citations=bindparam("new_citations", type_=messages.c.citations.type),
        error_code=bindparam("new_error", type_=Text),
    )
    event = select(finished.c.session_id, literal(EventKind.MESSAGE_UPDATED.value), finished.c.seq)
    happened = insert(session_events).from_select(["session_id", "kind", "seq"], event).cte("happened")
    return select(told(SIGNAL)).select_from(finished).add_cte(shown, happened)


CLAIM = _claim()
TAKE_OVER = NEXT_ATTEMPT.where(HELD)
HOLDS = select(replies.c.attempt).where(HELD)
RELEASE = update(replies).where(HELD).values(claims=replies.c.claims - 1, updated_at=func.now())
FINISH = _finish()

IN_SPAN = and_(
    messages.c.session_id == SESSION,
    messages.c.seq.between(bindparam("low", type_=Integer), bindparam("high", type_=Integer)),
)
VERSIONS = select(messages.c.seq, messages.c.updated_at).where(IN_SPAN)
CONVERSATION = select(*MESSAGE_COLUMNS).where(IN_SPAN, messages.c.seq != all_(bindparam("known", type_=ARRAY(Integer))))
