"""Conversations: one call of the domain a field."""

from uuid import UUID

import strawberry

from domain.chat.models import (
    AiMode,
    ChatSession,
    MessageKey,
    Outgoing,
    Sent,
    SessionChange,
    parse_message_id,
)
from domain.clock import parse_id
from resolvers.context import Context, Info


@strawberry.input(description="A text to send.")
class SendTextInput:
    text: str = strawberry.field(description="1 to 4,000 characters.")
    client_key: str = strawberry.field(
        description="Idempotency key of the client, unique per sender and session: repeated, it gives the first result."
    )
    session_id: strawberry.ID | None = strawberry.field(
        default=None, description="Absent: a new session with `assistant`."
    )
    assistant: str = strawberry.field(default="general", description="Slug of the assistant of a new session.")
    wait: bool = strawberry.field(
        default=False, description="True: answer only when the reply is complete (or failed)."
    )


async def send_text(info: Info, input: SendTextInput) -> Sent:
    outgoing = Outgoing(input.session_id, input.assistant, input.text, input.client_key)
    return await info.context.services.chat.send_text(info.context.viewer, outgoing)


async def create_session(info: Info, assistant: str = "general", title: str | None = None) -> ChatSession:
    return await info.context.services.chat.create_session(info.context.viewer, assistant, title)


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


def session_key(_root: None, context: Context, id: strawberry.ID) -> tuple[UUID, UUID] | None:
    session_id = parse_id(id)
    return (context.viewer.user_id, session_id) if session_id is not None else None


def message_key(_root: None, context: Context, id: strawberry.ID) -> tuple[UUID, MessageKey] | None:
    key = parse_message_id(id)
    return (context.viewer.user_id, key) if key is not None else None
