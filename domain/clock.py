"""Time and ids, made in one place so that tests can say what they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> UUID:
    """A time-ordered id (UUID version 7)."""
    return uuid7()


def parse_id(text: str) -> UUID | None:
    """None for anything but the 36-character form: a malformed id must look like an unknown one."""
    try:
        value = UUID(text)
    except (ValueError, AttributeError):
        return None
    return value if str(value) == text else None
