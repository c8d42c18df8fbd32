"""Care groups: one call of the domain a field."""

from uuid import UUID

import strawberry

from domain.chat.models import AiMode, ChatSession
from resolvers.chat import GENERAL
from resolvers.context import Info
from resolvers.inputs import either


async def create_group(
    info: Info,
    name: str,
    description: str | None = None,
    member_ids: list[strawberry.ID] | None = None,
    ai_mode: AiMode | None = AiMode.AUTO,
    assistant: str | None = GENERAL,
) -> ChatSession:
    return await info.context.services.groups.create(
        info.context.viewer,
        name,
        description,
        member_ids or [],
        either(ai_mode, AiMode.AUTO),
        either(assistant, GENERAL),
    )


async def add_members(info: Info, session_id: strawberry.ID, user_ids: list[strawberry.ID]) -> ChatSession:
    return await info.context.services.groups.add_members(info.context.viewer, session_id, user_ids)


async def remove_member(info: Info, session_id: strawberry.ID, user_id: strawberry.ID) -> ChatSession:
    return await info.context.services.groups.remove_member(info.context.viewer, session_id, user_id)


async def leave_group(info: Info, session_id: strawberry.ID) -> UUID:
    return await info.context.services.groups.leave(info.context.viewer, session_id)
