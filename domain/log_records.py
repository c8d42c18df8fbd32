"""Records of Python's logging as entries: what our own code says whole, what libraries say without its values."""

import logging
from datetime import UTC, datetime
from typing import Any

from domain.clock import new_id
from domain.logs import LogEntry, LogKind, LogLevel
from domain.origin import ORIGIN, Origin
from domain.texts import storable
from domain.traces import trace_of

OURS = ("wellmate", "domain", "persistence", "resolvers", "schema", "transport", "compiled")
MOST_CHARACTERS = 1_000
PRIVATE = {"private": True}
"""For `extra`: the line is for the console of a developer, and stored nowhere."""
NOBODY = Origin("", None, None)


def is_ours(logger: str) -> bool:
    return logger.partition(".")[0] in OURS


def is_private(record: logging.LogRecord) -> bool:
    return bool(getattr(record, "private", False))


def entry_of(record: logging.LogRecord) -> LogEntry:
    """Takes the request from the `extra` of the record (`request_id`, `operation`), else from where it was logged."""
    level = level_of(record.levelno)
    origin = ORIGIN.get() or NOBODY
    failed = level is LogLevel.ERROR or record.exc_info is not None
    return LogEntry(
        id=new_id(),
        at=datetime.fromtimestamp(record.created, UTC),
        level=level,
        kind=LogKind.ERROR if failed else LogKind.SYSTEM,
        request_id=getattr(record, "request_id", None) or origin.request_id or None,
        operation=getattr(record, "operation", None) or origin.operation,
        user_id=origin.user_id,
        message=message_of(record),
        detail=_detail(record),
    )


def level_of(number: int) -> LogLevel:
    """The highest level that is not above it."""
    return max(
        (level for level in LogLevel if level.value <= number), key=lambda level: level.value, default=LogLevel.DEBUG
    )


def message_of(record: logging.LogRecord) -> str:
    """A library's message is a template; what it would fill in may be somebody's words."""
    if is_ours(record.name):
        return storable(record.getMessage()).replace("\n", " ")[:MOST_CHARACTERS]
    return storable(str(record.msg)).strip().partition("\n")[0][:MOST_CHARACTERS]


def _detail(record: logging.LogRecord) -> dict[str, Any]:
    detail: dict[str, Any] = {"logger": record.name}
    error = record.exc_info[1] if record.exc_info else None
    return detail | {"trace": trace_of(error)} if error is not None else detail
