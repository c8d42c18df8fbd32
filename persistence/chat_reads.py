"""Batched reads of conversations: one statement whatever the number of keys, membership in its `where`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, and_, select, true
from sqlalchemy.sql.selectable import TableValuedAlias

from domain.chat.models import ChatSession, Member, Message, MessageKey, SessionKind, Span
from domain.files.models import File
from domain.paging import Page, bad_cursor, decode_cursor, encode_cursor
from persistence.arrays import unnested
from persistence.chat_rows import (
    MEMBER_COLUMNS,
    MESSAGE_COLUMNS,
    SESSION_COLUMNS,
    member_of,
    message_of,
    overseen_columns,
    session_of,
)
from persistence.engine import Readable
from persistence.file_rows import FILE_COLUMNS, file_of
from persistence.keyset import read_slice
from persistence.moments import from_microseconds, microseconds
from persistence.tables.chat import chat_sessions, messages, session_members
from persistence.tables.files import files, message_files

SESSION_KEYS = unnested("asked", member=Uuid, session=Uuid)
MESSAGE_KEYS = unnested("asked", member=Uuid, session=Uuid, seq=Integer)
SPANS = unnested("asked", member=Uuid, session=Uuid, low=Integer, high=Integer)

MY_SESSION = and_(
    session_members.c.session_id == chat_sessions.c.id,
    chat_sessions.c.deleted_at.is_(None),
)
IN_MY_SESSION = and_(
    messages.c.session_id == session_members.c.session_id, messages.c.seq > session_members.c.joined_seq
)


def _seen_by(asked: TableValuedAlias) -> Any:
    """Joins what is asked to the membership that allows it."""
    return and_(session_members.c.session_id == asked.c.session, session_members.c.user_id == asked.c.member)


SESSIONS = select(*SESSION_COLUMNS).select_from(
    SESSION_KEYS.join(session_members, _seen_by(SESSION_KEYS)).join(chat_sessions, MY_SESSION)
)
MESSAGES = select(MESSAGE_KEYS.c.member, *MESSAGE_COLUMNS).select_from(
    MESSAGE_KEYS.join(session_members, _seen_by(MESSAGE_KEYS)).join(
        messages,
        and_(
            messages.c.session_id == MESSAGE_KEYS.c.session,
            messages.c.seq == MESSAGE_KEYS.c.seq,
            messages.c.seq > session_members.c.joined_seq,
        ),
    )
)
OVERSEEN_KEYS = unnested("asked", session=Uuid, seq=Integer)
OVERSEEN_MESSAGES = select(*MESSAGE_COLUMNS).join_from(
    OVERSEEN_KEYS,
    messages,
    and_(messages.c.session_id == OVERSEEN_KEYS.c.session, messages.c.seq == OVERSEEN_KEYS.c.seq),
)
OVERSEEN_SESSIONS = select(*overseen_columns(SESSION_KEYS.c.member)).join_from(
    SESSION_KEYS, chat_sessions, chat_sessions.c.id == SESSION_KEYS.c.session
)
IN_SPAN = select(*MESSAGE_COLUMNS).where(
    messages.c.session_id == SPANS.c.session,
    messages.c.seq.between(SPANS.c.low, SPANS.c.high),
    messages.c.seq > session_members.c.joined_seq,
)
SPAN_ROWS = IN_SPAN.correlate(SPANS, session_members).lateral("said")
SPANNED = (
    select(SPANS.c.member, SPANS.c.low, SPANS.c.high, *SPAN_ROWS.c)
    .select_from(SPANS.join(session_members, _seen_by(SPANS)).join(SPAN_ROWS, true()))
    .order_by(SPAN_ROWS.c.seq)
)
OTHERS = session_members.alias("others")
MEMBERS = (
    select(SESSION_KEYS.c.member, *(OTHERS.c[c.name] for c in MEMBER_COLUMNS))
    .select_from(
        SESSION_KEYS.join(session_members, _seen_by(SESSION_KEYS)).join(
            OTHERS, OTHERS.c.session_id == session_members.c.session_id
        )
    )
    .order_by(OTHERS.c.joined_at, OTHERS.c.user_id)
)


SHOWN = (
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


class ChatReadStatements:
    def __init__(self, database: Readable) -> None:
        self._database = database

    async def sessions(self, keys: Sequence[tuple[UUID, UUID]]) -> list[ChatSession | None]:
        rows = await self._rows(SESSIONS, member=[k[0] for k in keys], session=[k[1] for k in keys])
        found = {(session.member_id, session.id): session for session in map(session_of, rows)}
        return [found.get(key) for key in keys]

    async def messages(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[Message | None]:
        rows = await self._rows(
            MESSAGES,
            member=[member for member, _ in keys],
            session=[key.session_id for _, key in keys],
            seq=[key.seq for _, key in keys],
        )
        found = {(row[0], row[1], row[2]): message_of(row[1:]) for row in rows}
        return [found.get((member, key.session_id, key.seq)) for member, key in keys]

    async def files(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[list[File]]:
        rows = await self._rows(
            SHOWN,
            member=[member for member, _ in keys],
            session=[key.session_id for _, key in keys],
            seq=[key.seq for _, key in keys],
        )
        found: dict[tuple[UUID, MessageKey], list[File]] = defaultdict(list)
        for row in rows:
            found[row[0], MessageKey(row[1], row[2])].append(file_of(row[3:]))
        return [found[key] for key in keys]

    async def overseen_sessions(self, keys: Sequence[tuple[UUID, UUID]]) -> list[ChatSession | None]:
        rows = await self._rows(OVERSEEN_SESSIONS, member=[k[0] for k in keys], session=[k[1] for k in keys])
        found = {(session.member_id, session.id): session for session in map(session_of, rows)}
        return [found.get(key) for key in keys]

    async def overseen_messages(self, keys: Sequence[MessageKey]) -> list[Message | None]:
        rows = await self._rows(
            OVERSEEN_MESSAGES, session=[key.session_id for key in keys], seq=[key.seq for key in keys]
        )
        found = {MessageKey(message.session_id, message.seq): message for message in map(message_of, rows)}
        return [found.get(key) for key in keys]

    async def spans(self, spans: Sequence[Span]) -> list[list[Message]]:
        rows = await self._rows(
            SPANNED,
            member=[span.member_id for span in spans],
            session=[span.session_id for span in spans],
            low=[span.low for span in spans],
            high=[span.high for span in spans],
        )
        found: dict[Span, list[Message]] = defaultdict(list)
        for row in rows:
            found[Span(row[0], row[3], row[1], row[2])].append(message_of(row[3:]))
        return [found[span] for span in spans]

    async def members(self, keys: Sequence[tuple[UUID, UUID]]) -> list[list[Member]]:
        rows = await self._rows(MEMBERS, member=[k[0] for k in keys], session=[k[1] for k in keys])
        found: dict[tuple[UUID, UUID], list[Member]] = defaultdict(list)
        for row in rows:
            found[row[0], row[1]].append(member_of(row[1:]))
        return [found[key] for key in keys]

    async def search(
        self, user_id: UUID, text: str, *, session_id: UUID | None, limit: int, after: str | None
    ) -> Page[Message]:
        """By LIKE: one person's own messages are few enough, and two Chinese characters are too short for trigrams."""
        query = (
            select(*MESSAGE_COLUMNS)
            .select_from(chat_sessions.join(session_members, MY_SESSION).join(messages, IN_MY_SESSION))
            .where(
                session_members.c.user_id == user_id,
                messages.c.content.contains(text, autoescape=True),
            )
        )
        if session_id is not None:
            query = query.where(messages.c.session_id == session_id)
        order = (messages.c.created_at, messages.c.session_id, messages.c.seq)
        async with self._database.reading() as connection:
            found = await read_slice(connection, query, order, limit=limit, after=_hit_after(after))
        return Page.of(list(map(message_of, found.rows)), _hit_cursor, more=found.more, earlier=found.earlier)

    async def sessions_of(
        self, user_id: UUID, *, kind: SessionKind | None, archived: bool, limit: int, after: str | None
    ) -> Page[ChatSession]:
        query = (
            select(*SESSION_COLUMNS)
            .select_from(chat_sessions.join(session_members, MY_SESSION))
            .where(session_members.c.user_id == user_id, session_members.c.archived.is_(archived))
        )
        if kind is not None:
            query = query.where(chat_sessions.c.kind == kind.value)
        order = (session_members.c.pinned, chat_sessions.c.updated_at, chat_sessions.c.id)
        async with self._database.reading() as connection:
            found = await read_slice(connection, query, order, limit=limit, after=_order_after(after))
        return Page.of(list(map(session_of, found.rows)), _session_cursor, more=found.more, earlier=found.earlier)

    async def _rows(self, query: Any, **arrays: list[Any]) -> Sequence[Sequence[Any]]:
        async with self._database.reading() as connection:
            return (await connection.execute(query, arrays)).all()


def _session_cursor(session: ChatSession) -> str:
    return encode_cursor(int(session.pinned), microseconds(session.updated_at), str(session.id))


def _order_after(cursor: str | None) -> tuple[bool, datetime, UUID] | None:
    if cursor is None:
        return None
    pinned, moment, session_id = decode_cursor(cursor, int, int, str)
    try:
        return bool(pinned), from_microseconds(int(moment)), UUID(str(session_id))
    except (ValueError, OverflowError) as error:
        raise bad_cursor() from error


def _hit_cursor(message: Message) -> str:
    return encode_cursor(microseconds(message.created_at), str(message.session_id), message.seq)


def _hit_after(cursor: str | None) -> tuple[datetime, UUID, int] | None:
    if cursor is None:
        return None
    moment, session_id, seq = decode_cursor(cursor, int, str, int)
    try:
        return from_microseconds(int(moment)), UUID(str(session_id)), int(seq)
    except (ValueError, OverflowError) as error:
        raise bad_cursor() from error
