"""The statements that everything said goes through: numbers, messages, read mark, job, events and signal in one.

Whoever runs one holds its session (`Transaction.hold`), so the session's replies are as they look.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.assistant.models import RunStatus
from domain.chat.events import EventKind
from domain.chat.models import Draft, MessageKind, MessageState
from domain.viewer import CareRole
from persistence.chat_rows import MESSAGE_COLUMNS
from persistence.events import SIGNAL
from persistence.signals import told
from persistence.tables.chat import chat_sessions, messages, replies, session_members, unfinished
from persistence.tables.events import session_events

REPLY = "reply"
GIVEN = ("sender_id", "sender_role", "kind", "state", "content", "client_key")
JOBS = table(
    "pgqueuer",
    *(column(name) for name in ("id", "priority", "entrypoint", "payload", "dedupe_key", "status", "queue_manager_id")),
)
QUEUED: ColumnElement[Any] = literal_column("'queued'::pgqueuer_status")
OTHERS = replies.alias("others")


def _numbered(count: int) -> CTE:
    """The session's row orders the writers; what they see afterwards is gap-free."""
    return (
        update(chat_sessions)
        .where(chat_sessions.c.id == bindparam("in_session", type_=Uuid))
        .values(last_seq=chat_sessions.c.last_seq + count, updated_at=func.clock_timestamp())
        .returning(chat_sessions.c.id, chat_sessions.c.last_seq, chat_sessions.c.updated_at)
        .cte("numbered")
    )


def _stored(values: dict[str, Any], name: str) -> CTE:
    """Messages as they were stored; one that was sent before is not."""
    return (
        upsert(messages)
        .from_select(list(values), select(*values.values()))
        .on_conflict_do_nothing(index_elements=["session_id", "sender_id", "client_key"])
        .returning(*MESSAGE_COLUMNS)
        .cte(name)
    )


def _said(numbered: CTE, seq: ColumnElement[int]) -> CTE:
    given = {name: bindparam(f"new_{name}", type_=messages.c[name].type) for name in GIVEN}
    at = numbered.c.updated_at
    return _stored({"session_id": numbered.c.id, "seq": seq} | given | {"created_at": at, "updated_at": at}, "said")


def _answer(session_id: Any, seq: Any, question_seq: Any, at: Any) -> CTE:
    """The pending reply."""
    values = {
        "session_id": session_id,
        "seq": seq,
        "sender_role": literal(CareRole.AI_ASSISTANT.value),
        "kind": literal(MessageKind.AI_REPLY.value),
        "state": literal(MessageState.PENDING.value),
        "content": literal(""),
        "reply_to_seq": question_seq,
        "created_at": at,
        "updated_at": at,
    }
    return _stored(values, "answer")


def _read(said: CTE) -> CTE:
    return (
        update(session_members)
        .where(session_members.c.session_id == said.c.session_id, session_members.c.user_id == said.c.sender_id)
        .values(read_seq=said.c.seq)
        .returning(session_members.c.user_id)
        .cte("read")
    )


def _happened(*stored: CTE) -> CTE:
    """Events in the order of seq."""
    added = literal(EventKind.MESSAGE_ADDED.value)
    rows = union_all(*(select(each.c.session_id, added.label("kind"), each.c.seq.label("seq")) for each in stored))
    source = rows.order_by(rows.selected_columns.seq)
    return insert(session_events).from_select(["session_id", "kind", "seq"], source).cte("happened")


def _run(answer: CTE) -> CTE:
    values = {
        "session_id": answer.c.session_id,
        "seq": answer.c.seq,
        "question_seq": answer.c.reply_to_seq,
        "asker_id": bindparam("asker_id", type_=Uuid),
        "assistant": bindparam("answerer", type_=Text),
        "client_key": bindparam("asked_key", type_=Text),
        "status": literal(RunStatus.QUEUED.value),
    }
    return insert(replies).from_select(list(values), select(*values.values())).cte("run")


def _job(answer: CTE) -> CTE:
    """Only for the first in line: whoever ends one begins the next."""
    waiting = select(OTHERS.c.seq).where(OTHERS.c.session_id == answer.c.session_id, unfinished(OTHERS))
    return enqueued(select(*job_values(REPLY, name_of(answer))).where(~waiting.exists())).cte("job")


def name_of(reply: Any) -> ColumnElement[str]:
    """As `domain.chat.models.message_id` says it."""
    return cast(reply.c.session_id, Text).concat(".").concat(cast(reply.c.seq, Text))


def job_values(entrypoint: str, name: ColumnElement[str]) -> list[ColumnElement[Any]]:
    return [literal(0), literal(entrypoint, Text), func.convert_to(name, "UTF8"), name, QUEUED]


def enqueued(jobs: Select[Any]) -> Insert:
    """A row of pgqueuer for each of `jobs`, as `job_values` makes them, unless one of that name waits already."""
    columns = ["priority", "entrypoint", "payload", "dedupe_key", "status"]
    return upsert(JOBS).from_select(columns, jobs).on_conflict_do_nothing()


ONE, TWO = _numbered(1), _numbered(2)
_ALONE = _said(ONE, ONE.c.last_seq)
_QUESTION = _said(TWO, TWO.c.last_seq - 1)
_REPLY = _answer(_QUESTION.c.session_id, _QUESTION.c.seq + 1, _QUESTION.c.seq, _QUESTION.c.created_at)
_ANOTHER = _answer(ONE.c.id, ONE.c.last_seq, bindparam("question_seq", type_=BigInteger), ONE.c.updated_at)


def _columns(*stored: CTE) -> list[ColumnElement[Any]]:
    return [each.c[column.name] for each in stored for column in MESSAGE_COLUMNS] + [told(SIGNAL)]


SAY = select(*_columns(_ALONE)).add_cte(_read(_ALONE), _happened(_ALONE))
ASK = (
    select(*_columns(_QUESTION, _REPLY))
    .select_from(_QUESTION.join(_REPLY, true()))
    .add_cte(_read(_QUESTION), _happened(_QUESTION, _REPLY), _run(_REPLY), _job(_REPLY))
)
ASK_AGAIN = select(*_columns(_ANOTHER)).add_cte(_happened(_ANOTHER), _run(_ANOTHER), _job(_ANOTHER))


def values_of(draft: Draft) -> dict[str, Any]:
    return {
        "in_session": draft.session_id,
        "new_sender_id": draft.sender_id,
        "new_sender_role": draft.sender_role.value,
        "new_kind": draft.kind.value,
        "new_state": draft.state.value,
        "new_content": draft.content,
        "new_client_key": draft.client_key,
    }
