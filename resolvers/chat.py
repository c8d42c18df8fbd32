"""Conversations: one call of the domain a field."""

from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

import strawberry

from compiled.fields import looks_at
from domain.accounts.models import User
from domain.chat.models import (
    AiMode,
    ChatSession,
    Listing,
    Member,
    Message,
    MessageKey,
    MessageKind,
    Outgoing,
    Sent,
    SessionChange,
    SessionKind,
    parse_message_id,
)
from domain.chat.paging import Bounds, listing_of, span_of
from domain.chat.rules import snippet
from domain.clock import parse_id
from domain.errors import Forbidden, NotFound
from domain.paging import DEFAULT_PAGE, PageInfo
from resolvers.context import Context, Info
from resolvers.inputs import either
from resolvers.loaders import PageKey

GENERAL = "general"


class Hit(NamedTuple):
    message: Message
    snippet: str


class Hits(NamedTuple):
    nodes: list[Hit]
    page_info: PageInfo


@strawberry.input(description="A text to send.")
class SendTextInput:
    text: str = strawberry.field(description="1 to 4,000 characters.")
    client_key: str = strawberry.field(
        description="Idempotency key of the client, unique per sender and session: repeated, it gives the first result."
    )
    session_id: strawberry.ID | None = strawberry.field(
        default=None, description="Absent: a new session with `assistant`."
    )
    assistant: str | None = strawberry.field(default=GENERAL, description="Slug of the assistant of a new session.")
    wait: bool | None = strawberry.field(
        default=False, description="True: answer only when the reply is complete (or failed)."
    )


@strawberry.input(description="Pictures to send.")
class SendImageInput:
    file_ids: list[strawberry.ID] = strawberry.field(
        description="1 to 9 READY pictures of the caller, in the order to show them."
    )
    client_key: str = strawberry.field(
        description="Idempotency key of the client, unique per sender and session: repeated, it gives the first result."
    )
    text: str | None = strawberry.field(default=None, description="What to say about them, at most 4,000 characters.")
    session_id: strawberry.ID | None = strawberry.field(
        default=None, description="Absent: a new session with `assistant`."
    )
    assistant: str | None = strawberry.field(default=GENERAL, description="Slug of the assistant of a new session.")
    wait: bool | None = strawberry.field(
        default=False, description="True: answer only when the reply is complete (or failed)."
    )


async def send_text(info: Info, input: SendTextInput) -> Sent:
    outgoing = Outgoing(input.session_id, either(input.assistant, GENERAL), input.text, input.client_key)
    sent = await info.context.services.chat.send_text(info.context.viewer, outgoing)
    return await awaited(info, sent) if input.wait else sent


async def send_image(info: Info, input: SendImageInput) -> Sent:
    outgoing = Outgoing(input.session_id, either(input.assistant, GENERAL), input.text or "", input.client_key)
    sent = await info.context.services.chat.send_image(info.context.viewer, outgoing, input.file_ids)
    return await awaited(info, sent) if input.wait else sent


async def awaited(info: Info, sent: Sent) -> Sent:
    """The same with its reply over."""
    if sent.reply is None:
        return sent
    key = MessageKey(sent.reply.session_id, sent.reply.seq)
    return replace(sent, reply=await info.context.services.watcher.finished(info.context.viewer, key))


async def create_session(info: Info, assistant: str | None = GENERAL, title: str | None = None) -> ChatSession:
    return await info.context.services.chat.create_session(info.context.viewer, either(assistant, GENERAL), title)


async def update_session(
    info: Info,
    id: strawberry.ID,
    title: str | None = None,
    pinned: bool | None = None,
    archived: bool | None = None,
    ai_mode: AiMode | None = None,
) -> ChatSession:
    change = SessionChange(title, pinned, archived, ai_mode)
    return await info.context.services.chat.update_session(info.context.viewer, id, change)


async def delete_session(info: Info, id: strawberry.ID) -> UUID:
    return await info.context.services.chat.delete_session(info.context.viewer, id)


async def mark_read(info: Info, session_id: strawberry.ID, seq: int) -> Member:
    return await info.context.services.chat.mark_read(info.context.viewer, session_id, seq)


async def recall_message(info: Info, id: strawberry.ID) -> Message:
    return await info.context.services.chat.recall(info.context.viewer, id)


async def search_messages(
    info: Info,
    text: str,
    session_id: strawberry.ID | None = None,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
) -> Hits:
    page = await info.context.services.chat.search(
        info.context.viewer, text, session_id, first=either(first, DEFAULT_PAGE), after=after
    )
    return Hits([Hit(message, snippet(message.content, text)) for message in page.nodes], page.page_info)


def session_key(_root: None, context: Context, id: strawberry.ID) -> tuple[UUID, UUID]:
    """Raises NotFound for a malformed id: it must look like an unknown one."""
    session_id = parse_id(id)
    if session_id is None:
        raise NotFound
    return context.viewer.user_id, session_id


def message_key(_root: None, context: Context, id: strawberry.ID) -> tuple[UUID, MessageKey]:
    """Raises NotFound for a malformed id: it must look like an unknown one."""
    key = parse_message_id(id)
    if key is None:
        raise NotFound
    return context.viewer.user_id, key


@looks_at("id")
def sessions_key(
    root: User,
    context: Context,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
    kind: SessionKind | None = None,
    archived: bool | None = False,
) -> Listing:
    """Only one's own: raises Forbidden on anybody else."""
    if root.id != context.viewer.user_id:
        raise Forbidden
    return listing_of(root.id, kind, bool(archived), either(first, DEFAULT_PAGE), after)


@looks_at("id", "member_id", "joined_seq", "last_seq")
def page_key(
    session: ChatSession,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> PageKey:
    return PageKey(span_of(session, first, after, last, before), Bounds(session.joined_seq, session.last_seq))


@looks_at("id", "member_id", "joined_seq", "last_seq")
def last_message_key(session: ChatSession) -> tuple[UUID, MessageKey] | None:
    if session.last_seq <= session.joined_seq:
        return None
    return session.member_id, MessageKey(session.id, session.last_seq)


@looks_at("id", "member_id")
def members_key(session: ChatSession) -> tuple[UUID, UUID]:
    return session.member_id, session.id


@looks_at("session_id")
def session_of_key(message: Message, context: Context) -> tuple[UUID, UUID]:
    return context.viewer.user_id, message.session_id


@looks_at("session_id", "seq", "kind")
def files_key(message: Message, context: Context) -> tuple[UUID, MessageKey, bool]:
    key = MessageKey(message.session_id, message.seq)
    return context.viewer.user_id, key, message.kind is MessageKind.IMAGE


@looks_at("session_id", "reply_to_seq")
def reply_to_key(message: Message, context: Context) -> tuple[UUID, MessageKey] | None:
    if message.reply_to_seq is None:
        return None
    return context.viewer.user_id, MessageKey(message.session_id, message.reply_to_seq)
