"""Batched reads of conversations: `persistence.chat_queries` run, their rows as words of the domain."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from sqlalchemy import select

from domain.chat.models import ChatSession, Listing, Member, Message, MessageKey, Span
from domain.chat.paging import session_cursor
from domain.files.models import File
from domain.moments import from_microseconds, microseconds
from domain.needs import Needs
from domain.paging import Page, bad_cursor, decode_cursor, encode_cursor
from persistence.chat_queries import (
    IN_MY_SESSION,
    LISTED,
    MEMBERS,
    MESSAGES,
    MY_SESSION,
    MY_SESSIONS,
    OVERSEEN_MESSAGES,
    OVERSEEN_SESSIONS,
    SHOWN,
    SPANNED,
    listing_arrays,
    message_arrays,
    session_arrays,
)
from persistence.chat_rows import (
    MESSAGE_COLUMNS,
    member_of,
    message_of,
)
from persistence.engine import Readable
from persistence.file_rows import file_of
from persistence.keyset import read_slice
from persistence.narrow import Shape
from persistence.tables.chat import chat_sessions, messages, session_members

BY_SEQ = attrgetter("seq")


class ChatReadStatements:
    def __init__(self, database: Readable) -> None:
        self._database = database

    async def sessions(self, keys: Sequence[tuple[UUID, UUID]], needs: Needs | None = None) -> list[ChatSession | None]:
        return await self._sessions(MY_SESSIONS.shape(needs), keys)

    async def messages(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[Message | None]:
        rows = await self._database.fetch(MESSAGES, **message_arrays(keys))
        found = {(row[0], row[1], row[2]): message_of(row[1:]) for row in rows}
        return [found.get((member, key.session_id, key.seq)) for member, key in keys]

    async def files(self, keys: Sequence[tuple[UUID, MessageKey]]) -> list[list[File]]:
        rows = await self._database.fetch(SHOWN, **message_arrays(keys))
        found: dict[tuple[UUID, MessageKey], list[File]] = defaultdict(list)
        for row in rows:
            found[row[0], MessageKey(row[1], row[2])].append(file_of(row[3:]))
        return [found[key] for key in keys]

    async def overseen_sessions(self, keys: Sequence[tuple[UUID, UUID]]) -> list[ChatSession | None]:
        return await self._sessions(OVERSEEN_SESSIONS, keys)

    async def overseen_messages(self, keys: Sequence[MessageKey]) -> list[Message | None]:
        rows = await self._database.fetch(
            OVERSEEN_MESSAGES, session=[key.session_id for key in keys], seq=[key.seq for key in keys]
        )
        found = {MessageKey(message.session_id, message.seq): message for message in map(message_of, rows)}
        return [found.get(key) for key in keys]

    async def spans(self, spans: Sequence[Span], needs: Needs | None = None) -> list[list[Message]]:
        shape = SPANNED.shape(needs)
        rows = await self._database.fetch(
            shape.statement,
            place=list(range(len(spans))),
            member=[span.member_id for span in spans],
            session=[span.session_id for span in spans],
            low=[span.low for span in spans],
            high=[span.high for span in spans],
        )
        found: list[list[Message]] = [[] for _ in spans]
        for row, message in zip(rows, shape.read(rows), strict=True):
            found[row[0]].append(message)
        for said in found:
            said.sort(key=BY_SEQ)
        return found

    async def members(self, keys: Sequence[tuple[UUID, UUID]]) -> list[list[Member]]:
        rows = await self._database.fetch(MEMBERS, **session_arrays(keys))
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

    async def listings(self, keys: Sequence[Listing], needs: Needs | None = None) -> list[Page[ChatSession]]:
        shape = LISTED.shape(needs)
        rows = await self._database.fetch(shape.statement, **listing_arrays(keys))
        earlier = [False] * len(keys)
        for row in rows:
            earlier[row[0]] = bool(row[1])
        found: list[list[ChatSession]] = [[] for _ in keys]
        filled = [row for row in rows if row[2] is not None]
        for row, session in zip(filled, shape.read(filled), strict=True):
            found[row[0]].append(session)
        return [
            Page.of(sessions[: key.size], session_cursor, more=len(sessions) > key.size, earlier=before)
            for key, sessions, before in zip(keys, found, earlier, strict=True)
        ]

    async def _sessions(self, shape: Shape[ChatSession], keys: Sequence[tuple[UUID, UUID]]) -> list[ChatSession | None]:
        rows = await self._database.fetch(shape.statement, **session_arrays(keys))
        found = {(session.member_id, session.id): session for session in shape.read(rows)}
        return [found.get(key) for key in keys]


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
