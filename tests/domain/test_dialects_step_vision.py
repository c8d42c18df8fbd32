"""The Step-Vision dialect ..."""

import json

import pytest

from domain.assistant.dialects import DIALECTS
from domain.assistant.dialects.words import ApiType, Finished, Model, NotCallable, Reasoning, Text, Usage
from domain.errors import ErrorCode
from tests.domain.answers import failure_of, read
from tests.domain.prompts import PICTURE, SHOWN, body_of, call_of, endpoint

DIALECT = DIALECTS[ApiType.STEP_VISION]
HERE = endpoint(ApiType.STEP_VISION, "https://api.stepfun.com/v1", "step-3.7-flash")


def chunk(finish_reason: str, tokens: int, **delta: str) -> bytes:
    payload = {
        "model": "step-3.7-flash",
        "choices": [{"index": 0, "delta": {"role": "", **delta}, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 83, "completion_tokens": tokens, "total_tokens": 83 + tokens},
    }
    return f"data: {json.dumps(payload)}\n\n".encode()


def test_asks_for_every_image_in_detail() -> None:
    call = call_of(DIALECT, HERE, SHOWN)
    assert call.url == "https://api.stepfun.com/v1/chat/completions"
    body = body_of(call)
    assert body["messages"][0]["content"][1] == {"type": "image_url", "image_url": {"url": PICTURE, "detail": "high"}}
    assert {key: value for key, value in body.items() if key != "messages"} == {
        "model": "step-3.7-flash",
        "stream": True,
    }


def test_needs_a_model() -> None:
    with pytest.raises(NotCallable, match="model"):
        call_of(DIALECT, endpoint(ApiType.STEP_VISION, model=None))


def test_reads_empty_finish_reasons_growing_usage_and_its_own_reasoning() -> None:
    body = chunk("", 1, reasoning="看", content="") + chunk("", 2, content="您") + chunk("stop", 3, content="")
    assert read(DIALECT.reader(), body + b"data: [DONE]\n\n") == [
        Model("step-3.7-flash"),
        Reasoning("看"),
        Text("您"),
        Usage(83, 3),
        Finished(),
    ]


def test_does_not_take_an_empty_finish_reason_for_the_end() -> None:
    assert failure_of(read(DIALECT.reader(), chunk("", 1, content="您"))).permanent is False


@pytest.mark.parametrize(
    ("status", "words", "code", "permanent"),
    [
        (400, "image could not be downloaded", "BAD_USER_INPUT", True),
        (400, "too many images: 61 > 60", "BAD_USER_INPUT", True),
        (400, "model step-1v-8k not found", "UPSTREAM_UNAVAILABLE", True),
        (400, "this model does not support image input", "UPSTREAM_UNAVAILABLE", True),
        (401, "Incorrect API key provided", "UPSTREAM_UNAVAILABLE", True),
        (402, "insufficient balance", "UPSTREAM_UNAVAILABLE", True),
        (404, "path", "UPSTREAM_UNAVAILABLE", True),
        (413, "request entity too large", "PAYLOAD_TOO_LARGE", True),
        (429, "concurrency", "RATE_LIMITED", False),
        (451, "the image was refused", "CONTENT_BLOCKED", True),
        (500, "server", "UPSTREAM_UNAVAILABLE", False),
        (503, "overload", "UPSTREAM_UNAVAILABLE", False),
    ],
)
def test_understands_each_refusal(status: int, words: str, code: str, permanent: bool) -> None:
    error = json.dumps({"error": {"message": words, "type": "x"}}).encode()
    failure = failure_of(read(DIALECT.reader(), error, status=status))
    assert (failure.code, failure.permanent) == (ErrorCode(code), permanent)
