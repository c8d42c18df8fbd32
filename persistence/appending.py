"""The statement that everything said goes through: number, message, sender's read mark, event and signal in one."""

from typing import Any

from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.chat.events import EventKind
from domain.chat.models import Draft
from persistence.chat_rows import MESSAGE_COLUMNS
from persistence.events import SIGNAL
from persistence.signals import told
from persistence.tables.chat import chat_sessions, messages, session_members
from persistence.tables.events import session_events

GIVEN = ("sender_id", "sender_role", "kind", "state", "content", "reply_to_seq", "client_key")

# The session's row orders the writers; what they see afterwards is gap-free.
NUMBERED = (
    update(chat_sessions)
    .where(chat_sessions.c.id == bindparam("in_session", type_=chat_sessions.c.id.type))
    .values(last_seq=chat_sessions.c.last_seq + 1, updated_at=func.clock_timestamp())
    .returning(chat_sessions.c.id, chat_sessions.c.last_seq, chat_sessions.c.updated_at)
    .cte("numbered")
)
VALUES: dict[str, Any] = {
    "session_id": NUMBERED.c.id,
    "seq": NUMBERED.c.last_seq,
    **{name: bindparam(f"new_{name}", type_=messages.c[name].type) for name in GIVEN},
    "created_at": NUMBERED.c.updated_at,
    "updated_at": NUMBERED.c.updated_at,
}
SAID = (
    upsert(messages)
    .from_select(list(VALUES), select(*VALUES.values()))
    .on_conflict_do_nothing(index_elements=["session_id", "sender_id", "client_key"])
    .returning(*MESSAGE_COLUMNS)
    .cte("said")
)
READ = (
    update(session_members)
    .where(session_members.c.session_id == SAID.c.session_id, session_members.c.user_id == SAID.c.sender_id)
    .values(read_seq=SAID.c.seq)
    .returning(session_members.c.user_id)
    .cte("read")
)
HAPPENED = (
    insert(session_events)
    .from_select(
        ["session_id", "kind", "seq"],
        select(SAID.c.session_id, literal(EventKind.MESSAGE_ADDED.value), SAID.c.seq),
    )
    .returning(session_events.c.number)
    .cte("happened")
)
APPEND = select(*(SAID.c[column.name] for column in MESSAGE_COLUMNS), told(SIGNAL)).add_cte(READ, HAPPENED)


def values_of(draft: Draft) -> dict[str, Any]:
    return {
        "in_session": draft.session_id,
        "new_sender_id": draft.sender_id,
        "new_sender_role": draft.sender_role.value,
        "new_kind": draft.kind.value,
        "new_state": draft.state.value,
        "new_content": draft.content,
        "new_reply_to_seq": draft.reply_to_seq,
        "new_client_key": draft.client_key,
    }
