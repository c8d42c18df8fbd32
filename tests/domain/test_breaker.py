"""A provider that keeps failing is left alone …"""

from datetime import timedelta

import pytest

from domain.assistant.breaker import counts, is_providers_fault, pause_after
from domain.errors import ErrorCode


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, None), (4, None), (5, 30), (6, 60), (7, 120), (8, 240), (9, 300), (99, 300)]
)
def test_longer_and_longer_up_to_five_minutes(failures: int, seconds: int | None) -> None:
    assert pause_after(failures) == (timedelta(seconds=seconds) if seconds is not None else None)


def test_but_not_for_being_busy_or_for_a_bad_question() -> None:
    assert [code for code in ErrorCode if counts(code)] == [ErrorCode.UPSTREAM_UNAVAILABLE, ErrorCode.UPSTREAM_TIMEOUT]
    assert [code for code in ErrorCode if is_providers_fault(code)] == [
        ErrorCode.RATE_LIMITED,
        ErrorCode.UPSTREAM_UNAVAILABLE,
        ErrorCode.UPSTREAM_TIMEOUT,
    ]
