"""Rows of conversations as the domain's words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, literal

from domain.chat.models import AiMode, ChatSession, Citation, Member, Message, MessageKind, MessageState, SessionKind
from domain.errors import ErrorCode
from domain.viewer import CareRole
from persistence.narrow import Rows
from persistence.tables.chat import chat_sessions, messages, session_members

SESSION_COLUMNS = (
    *(chat_sessions.c[n] for n in ("id", "kind", "title", "description", "owner_id", "assistant", "ai_mode")),
    chat_sessions.c.last_seq,
    *(session_members.c[n] for n in ("user_id", "care_role", "read_seq", "joined_seq", "pinned", "archived")),
    chat_sessions.c.created_at,
    chat_sessions.c.updated_at,
)
MESSAGE_COLUMNS = tuple(column for column in messages.c if column.name != "client_key")
MEMBER_COLUMNS = tuple(
    session_members.c[n] for n in ("session_id", "user_id", "care_role", "read_seq", "joined_seq", "joined_at")
)

# A look into a dict, since calling an Enum takes ten times as long.
KINDS = {kind.value: kind for kind in SessionKind}
AI_MODES = {mode.value: mode for mode in AiMode}
ROLES = {role.value: role for role in CareRole}
MESSAGE_KINDS = {kind.value: kind for kind in MessageKind}
STATES = {state.value: state for state in MessageState}


def overseen_columns(onlooker: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """As SESSION_COLUMNS, for somebody who is not a member: nothing read, nothing said before, nothing pinned."""
    own: dict[str, ColumnElement[Any]] = {
        "user_id": onlooker,
        "care_role": literal(CareRole.PATIENT.value),
        "read_seq": chat_sessions.c.last_seq,
        "joined_seq": chat_sessions.c.last_seq,
        "pinned": false(),
        "archived": false(),
    }
    return [own[c.name] if c.table is session_members else c for c in SESSION_COLUMNS]


ERRORS: dict[str | None, ErrorCode | None] = {None: None, **{code.value: code for code in ErrorCode}}


def citations_of(value: Sequence[dict[str, Any]] | None) -> tuple[Citation, ...]:
    return tuple(Citation(**citation) for citation in value) if value else ()


SESSION_ROWS = Rows(
    ChatSession,
    dict(zip(ChatSession._fields, SESSION_COLUMNS, strict=True)),
    {"kind": KINDS.__getitem__, "ai_mode": AI_MODES.__getitem__, "member_role": ROLES.__getitem__},
    {"unread_count": ("last_seq", "read_seq")},
)
MESSAGE_ROWS = Rows(
    Message,
    dict(zip(Message._fields, MESSAGE_COLUMNS, strict=True)),
    {
        "sender_role": ROLES.__getitem__,
        "kind": MESSAGE_KINDS.__getitem__,
        "state": STATES.__getitem__,
        "citations": citations_of,
        "error_code": ERRORS.__getitem__,
    },
    {"id": ("session_id", "seq")},
)


def session_of(row: Sequence[Any]) -> ChatSession:
    id_, kind, title, description, owner, assistant, ai_mode, last_seq, member, role, *rest = row
    return ChatSession(
        *(id_, KINDS[kind], title, description, owner, assistant, AI_MODES[ai_mode], last_seq, member, ROLES[role]),
        *rest,
    )


def message_of(row: Sequence[Any]) -> Message:
    session_id, seq, sender, role, kind, state, content, reply_to, citations, error, created, updated = row
    return Message(
        session_id,
        seq,
        sender,
        ROLES[role],
        MESSAGE_KINDS[kind],
        STATES[state],
        content,
        reply_to,
        citations_of(citations),
        ERRORS[error],
        created,
        updated,
    )


def member_of(row: Sequence[Any]) -> Member:
    session_id, user_id, role, read_seq, joined_seq, joined_at = row
    return Member(session_id, user_id, ROLES[role], read_seq, joined_seq, joined_at)
