"""A refusal ..."""

import pytest

from domain.assistant.dialects import failures
from domain.errors import ErrorCode
from domain.outbound import OutboundError, Trouble


@pytest.mark.parametrize(
    ("status", "said", "verdict"),
    [
        (301, "moved", failures.MISCONFIGURED),
        (400, "unknown field stream_options", failures.MISCONFIGURED),
        (400, "data_inspection_failed: Input data may contain inappropriate content.", failures.BLOCKED),
        (400, "This model's maximum context length is 8192 tokens", failures.TOO_LONG),
        (400, "image URLs are not currently supported, please use base64", failures.NO_VISION),
        (400, "Invalid image_url: cannot decode", failures.BAD_IMAGE),
        (401, "the image", failures.MISCONFIGURED),
        (403, "", failures.MISCONFIGURED),
        (408, "", failures.TIMEOUT),
        (422, "parameters", failures.MISCONFIGURED),
        (429, "Rate limit reached for your api key", failures.BUSY),
        (429, "insufficient_quota You exceeded your current quota", failures.MISCONFIGURED),
        (500, "the load balancer has no backend", failures.UNAVAILABLE),
        (500, "upstream error 429", failures.BUSY),
        (502, "Bad Gateway 404", failures.UNAVAILABLE),
        (504, "", failures.TIMEOUT),
        (529, "overloaded", failures.UNAVAILABLE),
        (None, "余额不足", failures.MISCONFIGURED),
        (None, "", failures.UNAVAILABLE),
    ],
)
def test_is_judged_by_its_status_and_where_that_is_vague_by_its_words(
    status: int, said: str, verdict: failures.Verdict
) -> None:
    failure = failures.judged(status, said)
    assert (failure.code, failure.permanent, failure.zh) == (verdict.code, verdict.permanent, verdict.zh)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "999999"}, 3600.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:10 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 10.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:28:10 GMT"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:10 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({}, None),
    ],
)
def test_says_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    assert failures.refused(429, headers, b"{}", {}).retry_after_s == seconds


@pytest.mark.parametrize(
    "said",
    [
        "Incorrect API key provided: sk-abcd1234efgh",
        "Bearer abc.def/ghi refused",
        "fastgpt-x8Kd0sPq1 is unknown",
        "cannot fetch https://bucket.example/a.jpg?sign=abc.def",
        "cannot read data:image/png;base64,abc",
        "token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 expired",
    ],
)
def test_loses_its_secrets_and_addresses_on_the_way_to_the_log(said: str) -> None:
    log = failures.judged(500, said).log
    for secret in ("abc", "x8Kd0sPq1", "eyJ", "bucket"):
        assert secret not in log


def test_is_short_in_the_log() -> None:
    assert len(failures.judged(500, "很长" * 10_000).log) <= 200


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "m", "type": "t", "code": "c"}}, "c t m"),
        ({"error": {"message": "m", "type": "t", "code": "t"}}, "t m"),
        ({"error": "text"}, "text"),
        ({"code": 510, "statusText": "s", "message": "m"}, "510 s m"),
        ({"object": "error", "message": "m", "code": 400}, "400 m"),
        ({"code": 4100, "msg": "m"}, "4100 m"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"error": {"code": {"nested": 1}}}, ""),
        ([], ""),
        (None, ""),
    ],
)
def test_is_found_in_each_form_of_error_document(body: object, words: str) -> None:
    assert failures.complaint(body) == words


@pytest.mark.parametrize(
    ("trouble", "code", "permanent"),
    [
        (Trouble.REFUSED, "UPSTREAM_UNAVAILABLE", False),
        (Trouble.TIMEOUT, "UPSTREAM_TIMEOUT", False),
        (Trouble.CUT, "UPSTREAM_UNAVAILABLE", False),
        (Trouble.TOO_LARGE, "UPSTREAM_UNAVAILABLE", False),
        (Trouble.BAD_ADDRESS, "UPSTREAM_UNAVAILABLE", True),
    ],
)
def test_of_the_wire_has_a_code_too(trouble: Trouble, code: str, permanent: bool) -> None:
    failure = failures.of_wire(OutboundError(trouble, "host: why"))
    assert (failure.code, failure.permanent, failure.log) == (ErrorCode(code), permanent, "host: why")
