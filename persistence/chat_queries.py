"""Batched statements on conversations: one whatever the number of keys, membership in its `where`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, DateTime, Integer, Text, Uuid, and_, or_, select, true, tuple_
from sqlalchemy.sql.selectable import TableValuedAlias

from domain.chat.models import ChatSession, Listing, Message, MessageKey
from persistence.arrays import unnested
from persistence.chat_rows import (
    MEMBER_COLUMNS,
    MESSAGE_COLUMNS,
    MESSAGE_ROWS,
    SESSION_ROWS,
    overseen_columns,
)
from persistence.file_rows import FILE_COLUMNS
from persistence.narrow import Narrow, Shape, reader
from persistence.prepared import Prepared
from persistence.tables.chat import chat_sessions, messages, session_members
from persistence.tables.files import files, message_files

IN_KEYS = ("id", "member_id", "last_seq", "joined_seq", "pinned", "updated_at")
"""What pages of sessions and of their messages are found by."""
SESSION_KEYS = unnested("asked", member=Uuid, session=Uuid)
MESSAGE_KEYS = unnested("asked", member=Uuid, session=Uuid, seq=Integer)
SPANS = unnested("asked", place=Integer, member=Uuid, session=Uuid, low=Integer, high=Integer)

MY_SESSION = and_(
    session_members.c.session_id == chat_sessions.c.id,
    chat_sessions.c.deleted_at.is_(None),
)
IN_MY_SESSION = and_(
    messages.c.session_id == session_members.c.session_id, messages.c.seq > session_members.c.joined_seq
)


def session_arrays(keys: Sequence[tuple[UUID, UUID]]) -> dict[str, list[Any]]:
    """What SESSION_KEYS binds, of (member, session)."""
    return {"member": [member for member, _ in keys], "session": [session for _, session in keys]}


def message_arrays(keys: Sequence[tuple[UUID, MessageKey]]) -> dict[str, list[Any]]:
    """What MESSAGE_KEYS binds, of (member, message)."""
    return {
        "member": [member for member, _ in keys],
        "session": [key.session_id for _, key in keys],
        "seq": [key.seq for _, key in keys],
    }


def listing_arrays(keys: Sequence[Listing]) -> dict[str, list[Any]]:
    """What LISTINGS binds; `place` is that of the key."""
    marks = [key.after or (None, None, None) for key in keys]
    return {
        "place": list(range(len(keys))),
        "member": [key.member_id for key in keys],
        "kind": [key.kind and key.kind.value for key in keys],
        "archived": [key.archived for key in keys],
        "size": [key.size for key in keys],
        "pinned": [pinned for pinned, _, _ in marks],
        "updated": [updated for _, updated, _ in marks],
        "last": [last for _, _, last in marks],
    }


def _seen_by(asked: TableValuedAlias) -> Any:
    """Joins what is asked to the membership that allows it."""
    return and_(session_members.c.session_id == asked.c.session, session_members.c.user_id == asked.c.member)


def my_sessions(columns: Sequence[ColumnElement[Any]]) -> Prepared:
    """Binds SESSION_KEYS."""
    return Prepared(
        select(*columns).select_from(
            SESSION_KEYS.join(session_members, _seen_by(SESSION_KEYS)).join(chat_sessions, MY_SESSION)
        )
    )


MESSAGES = Prepared(
    select(MESSAGE_KEYS.c.member, *MESSAGE_COLUMNS).select_from(
        MESSAGE_KEYS.join(session_members, _seen_by(MESSAGE_KEYS)).join(
            messages,
            and_(
                messages.c.session_id == MESSAGE_KEYS.c.session,
                messages.c.seq == MESSAGE_KEYS.c.seq,
                messages.c.seq > session_members.c.joined_seq,
            ),
        )
    )
)
OVERSEEN_KEYS = unnested("asked", session=Uuid, seq=Integer)
OVERSEEN_MESSAGES = Prepared(
    select(*MESSAGE_COLUMNS).join_from(
        OVERSEEN_KEYS,
        messages,
        and_(messages.c.session_id == OVERSEEN_KEYS.c.session, messages.c.seq == OVERSEEN_KEYS.c.seq),
    )
)
OVERSEEN_SESSIONS: Shape[ChatSession] = Shape(
    Prepared(
        select(*overseen_columns(SESSION_KEYS.c.member)).join_from(
            SESSION_KEYS, chat_sessions, chat_sessions.c.id == SESSION_KEYS.c.session
        )
    ),
    reader(SESSION_ROWS, ChatSession._fields, 0),
)


def spanned(columns: Sequence[ColumnElement[Any]]) -> Prepared:
    """Binds SPANS; the place of the span comes first."""
    # Order and limit leave PostgreSQL no way but the primary key: without them it read the whole session by another
    # index.
    said = (
        select(*columns)
        .where(
            messages.c.session_id == SPANS.c.session,
            messages.c.seq.between(SPANS.c.low, SPANS.c.high),
            messages.c.seq > session_members.c.joined_seq,
        )
        .order_by(messages.c.seq)
        .limit(SPANS.c.high - SPANS.c.low + 1)
        .correlate(SPANS, session_members)
        .lateral("said")
    )
    asked = SPANS.join(session_members, _seen_by(SPANS)).join(said, true())
    return Prepared(select(SPANS.c.place, *said.c).select_from(asked))


OTHERS = session_members.alias("others")
MEMBERS = Prepared(
    select(SESSION_KEYS.c.member, *(OTHERS.c[c.name] for c in MEMBER_COLUMNS))
    .select_from(
        SESSION_KEYS.join(session_members, _seen_by(SESSION_KEYS)).join(
            OTHERS, OTHERS.c.session_id == session_members.c.session_id
        )
    )
    .order_by(OTHERS.c.joined_at, OTHERS.c.user_id)
)
SHOWN = Prepared(
    select(MESSAGE_KEYS.c.member, MESSAGE_KEYS.c.session, MESSAGE_KEYS.c.seq, *FILE_COLUMNS)
    .select_from(
        MESSAGE_KEYS.join(session_members, _seen_by(MESSAGE_KEYS))
        .join(
            message_files,
            and_(
                message_files.c.session_id == MESSAGE_KEYS.c.session,
                message_files.c.seq == MESSAGE_KEYS.c.seq,
                message_files.c.seq > session_members.c.joined_seq,
            ),
        )
        .join(files, files.c.id == message_files.c.file_id)
    )
    .order_by(message_files.c.position)
)


LISTINGS = unnested(
    "asked",
    place=Integer,
    member=Uuid,
    kind=Text,
    archived=Boolean,
    size=Integer,
    pinned=Boolean,
    updated=DateTime(timezone=True),
    last=Uuid,
)
PLACE = tuple_(session_members.c.pinned, chat_sessions.c.updated_at, chat_sessions.c.id)
MARK = tuple_(LISTINGS.c.pinned, LISTINGS.c.updated, LISTINGS.c.last)
LISTED_ONES = (
    select(true().label("exists"))
    .select_from(chat_sessions.join(session_members, MY_SESSION))
    .where(
        session_members.c.user_id == LISTINGS.c.member,
        session_members.c.archived == LISTINGS.c.archived,
        or_(LISTINGS.c.kind.is_(None), chat_sessions.c.kind == LISTINGS.c.kind),
    )
    .correlate(LISTINGS)
)
BEFORE_PAGE = LISTED_ONES.where(PLACE >= MARK).limit(1).lateral("before")


def listed(columns: Sequence[ColumnElement[Any]]) -> Prepared:
    """Binds LISTINGS; the place of the listing comes first, then whether anything lies before the page."""
    page = (
        LISTED_ONES.with_only_columns(*columns)
        .where(or_(LISTINGS.c.last.is_(None), PLACE < MARK))
        .order_by(session_members.c.pinned.desc(), chat_sessions.c.updated_at.desc(), chat_sessions.c.id.desc())
        .limit(LISTINGS.c.size + 1)
        .lateral("page")
    )
    asked = LISTINGS.outerjoin(BEFORE_PAGE, true()).outerjoin(page, true())
    return Prepared(select(LISTINGS.c.place, BEFORE_PAGE.c.exists, *page.c).select_from(asked))


MY_SESSIONS: Narrow[ChatSession] = Narrow(SESSION_ROWS, my_sessions, 0, IN_KEYS)
LISTED: Narrow[ChatSession] = Narrow(SESSION_ROWS, listed, 2, IN_KEYS)
SPANNED: Narrow[Message] = Narrow(MESSAGE_ROWS, spanned, 1, ("session_id", "seq"))
