"""Replies and what was asked of providers: one call of the domain a field."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain.assistant.interactions import InteractionFilter
from domain.assistant.models import AiInteraction, Feedback, Rating, RunStatus
from domain.assistant.service import ReplySnapshot
from domain.chat.models import Message, MessageKey, Sent
from domain.clock import parse_id
from domain.errors import NotFound
from domain.paging import DEFAULT_PAGE, Page, page_size
from resolvers.context import Context, Info
from resolvers.inputs import either


async def stop_reply(info: Info, message_id: strawberry.ID) -> Message:
    return await info.context.services.replies.stop(info.context.viewer, message_id)


async def regenerate_reply(info: Info, message_id: strawberry.ID, client_key: str) -> Sent:
    return await info.context.services.replies.regenerate(info.context.viewer, message_id, client_key)


async def rate_reply(
    info: Info,
    message_id: strawberry.ID,
    rating: Rating | None = None,
    reasons: list[str] | None = None,
    comment: str | None = None,
) -> Message:
    feedback = Feedback(rating, reasons or [], comment) if rating is not None else None
    return await info.context.services.replies.rate(info.context.viewer, message_id, feedback)


async def reply_progress(
    info: Info, message_id: strawberry.ID, after: str | None = None, wait_ms: int | None = 0
) -> ReplySnapshot:
    return await info.context.services.replies.progress(info.context.viewer, message_id, after, wait_ms or 0)


async def ai_interactions(
    info: Info,
    session_id: strawberry.ID | None = None,
    status: RunStatus | None = None,
    since: Annotated[datetime | None, strawberry.argument(name="from")] = None,
    to: datetime | None = None,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
) -> Page[AiInteraction]:
    session = parse_id(session_id) if session_id is not None else None
    if session_id is not None and session is None:
        raise NotFound(field="sessionId")
    wanted = InteractionFilter(session, status, since, to)
    return await info.context.services.interactions.interactions(
        wanted, limit=page_size(either(first, DEFAULT_PAGE)), after=after
    )


def feedback_key(message: Message, context: Context) -> tuple[UUID, MessageKey]:
    return context.viewer.user_id, MessageKey(message.session_id, message.seq)


def question_key(interaction: AiInteraction) -> MessageKey:
    return MessageKey(interaction.session_id, interaction.question_seq)


def reply_key(interaction: AiInteraction) -> MessageKey:
    return MessageKey(interaction.session_id, interaction.reply_seq)


def session_key(interaction: AiInteraction, context: Context) -> tuple[UUID, UUID]:
    return context.viewer.user_id, interaction.session_id


def error_code(interaction: AiInteraction) -> str | None:
    return interaction.error_code.value if interaction.error_code is not None else None
