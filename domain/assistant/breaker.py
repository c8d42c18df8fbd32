"""Leaving a provider alone that keeps failing. The state stands in the database, so all processes share it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import ErrorCode

TOLERATED = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)
PROVIDERS_FAULT = (ErrorCode.UPSTREAM_UNAVAILABLE, ErrorCode.UPSTREAM_TIMEOUT, ErrorCode.RATE_LIMITED)


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures` in a row. Once more than tolerated, the provider is asked again only at `retry_at`."""

    failures: int
    retry_at: datetime | None

    @property
    def open(self) -> bool:
        return self.retry_at is not None


def pause_after(failures: int) -> timedelta | None:
    """How long to leave a provider alone after so many failures in a row; it doubles up to five minutes."""
    if failures < TOLERATED:
        return None
    doublings = min(failures - TOLERATED, 10)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def counts(code: ErrorCode | None) -> bool:
    """Whether a failure is the provider's fault, not the question's."""
    return code in PROVIDERS_FAULT
