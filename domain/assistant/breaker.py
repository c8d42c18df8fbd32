"""Leaving a provider alone that keeps failing. The state stands in the database, so all processes share it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import ErrorCode

TOLERATED = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)
BROKEN = (ErrorCode.UPSTREAM_UNAVAILABLE, ErrorCode.UPSTREAM_TIMEOUT)
PROVIDERS_FAULT = (*BROKEN, ErrorCode.RATE_LIMITED)


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


def counts(code: ErrorCode) -> bool:
    """Whether a failure speaks against the provider: one that is only busy is not broken."""
    return code in BROKEN


def is_providers_fault(code: ErrorCode) -> bool:
    """Whether another provider may do better, as the question itself is not at fault."""
    return code in PROVIDERS_FAULT
