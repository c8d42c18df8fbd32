"""Which operation the work at hand belongs to, for what is written down about it."""

from contextvars import ContextVar
from typing import NamedTuple
from uuid import UUID


class Origin(NamedTuple):
    request_id: str
    operation: str | None
    user_id: UUID | None


ORIGIN: ContextVar[Origin | None] = ContextVar("origin", default=None)
"""Set once an operation, in the task that runs it; tasks that it starts inherit it."""
