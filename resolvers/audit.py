"""The audit trail: one call of the domain a field."""

from typing import Annotated

import strawberry

from domain.audit import AuditEntry
from domain.paging import DEFAULT_PAGE, Page
from resolvers.context import Info
from resolvers.inputs import either


async def audit_trail(
    info: Info,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
    user_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only what this user did.")] = None,
    target_id: strawberry.ID | None = None,
) -> Page[AuditEntry]:
    trail = info.context.services.audit.trail
    return await trail(either(first, DEFAULT_PAGE), after, actor_id=user_id, target_id=target_id)
