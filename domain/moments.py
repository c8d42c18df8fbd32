"""Moments as whole microseconds since 1970: exact in a cursor, where text or floats are not."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Raises OverflowError outside the years 1 to 9999."""
    return EPOCH + count * MICROSECOND
