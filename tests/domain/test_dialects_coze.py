"""The Coze dialect ..."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assistant.dialects import DIALECTS
from domain.assistant.dialects.words import ApiType, Event, Finished, NotCallable, Text, Usage
from domain.errors import ErrorCode
from tests.domain.answers import failure_of, pieces, read, reasoning_of, text_of
from tests.domain.prompts import SHOWN, body_of, call_of, endpoint

DIALECT = DIALECTS[ApiType.COZE]
HERE = endpoint(ApiType.COZE, "https://api.coze.cn", "bot-7")
COMPLETED = {"status": "completed", "usage": {"token_count": 633, "output_count": 19, "input_count": 614}}


def event(name: str, data: object) -> bytes:
    return f"event:{name}\ndata:{json.dumps(data)}\n\n".encode()


def delta(text: str, kind: str = "answer", key: str = "m1", **more: Any) -> bytes:
    return event("conversation.message.delta", {"id": key, "type": kind, "content": text, **more})


def completed(text: str, kind: str = "answer", key: str = "m1") -> bytes:
    return event("conversation.message.completed", {"id": key, "type": kind, "content": text})


END = event("conversation.chat.completed", COMPLETED) + event("done", "[DONE]")


def heard(body: bytes | list[bytes], status: int = 200) -> list[Event]:
    return read(DIALECT.reader(), body, status=status)


def test_sends_the_context_and_asks_coze_to_keep_nothing() -> None:
    call = call_of(DIALECT, HERE)
    assert (call.url, call.headers["Authorization"]) == ("https://api.coze.cn/v3/chat", "Bearer key-123")
    assert body_of(call) == {
        "bot_id": "bot-7",
        "user_id": "u-42",
        "stream": True,
        "auto_save_history": False,
        "additional_messages": [
            {"role": "user", "type": "question", "content_type": "text", "content": "【系统说明】\n你是健康助手"},
            {"role": "user", "type": "question", "content_type": "text", "content": "头疼"},
            {"role": "assistant", "type": "answer", "content_type": "text", "content": "多久了？"},
            {"role": "user", "type": "question", "content_type": "text", "content": "三天了😀"},
        ],
    }


def test_sends_images_in_a_json_text() -> None:
    first, second = body_of(call_of(DIALECT, HERE, SHOWN))["additional_messages"]
    assert first["content_type"] == "object_string"
    assert json.loads(first["content"]) == [
        {"type": "text", "text": "这是什么？"},
        {"type": "image", "file_url": "https://files.example/a.jpg"},
    ]
    assert json.loads(second["content"]) == [{"type": "image", "file_url": "data:image/png;base64,AAAA"}]


def test_needs_a_bot() -> None:
    with pytest.raises(NotCallable, match="bot"):
        call_of(DIALECT, endpoint(ApiType.COZE, model=None))


@given(texts=st.lists(st.text(min_size=1)), cuts=st.lists(st.integers(0, 10**6)))
def test_reads_any_text_cut_anywhere_and_does_not_append_the_repetition(texts: list[str], cuts: list[int]) -> None:
    text = "".join(texts).replace("\0", "")
    events = heard(pieces(b"".join(map(delta, texts)) + (completed(text) if texts else b"") + END, cuts))
    assert text_of(events) == text
    assert isinstance(events[-1], Finished) == bool(text.strip())


def test_tells_usage_and_ends_at_done() -> None:
    reader = DIALECT.reader()
    reader.head(200, {})
    assert reader.feed(delta("好") + END) == [Text("好"), Usage(614, 19), Finished()]


def test_shows_only_answers() -> None:
    others = b"".join(completed("x", kind, kind) for kind in ("function_call", "tool_output", "follow_up", "verbose"))
    others += event("conversation.audio.delta", {"content": "AAAA"}) + event("conversation.chat.created", {"id": "1"})
    assert text_of(heard(others + delta("好") + others + END)) == "好"


def test_takes_a_message_that_came_without_deltas() -> None:
    assert text_of(heard(completed("好") + END)) == "好"


def test_begins_a_paragraph_with_a_second_message() -> None:
    assert text_of(heard(delta("一") + delta("二", key="m2") + delta("三", key="m2") + END)) == "一\n\n二三"


def test_keeps_reasoning_apart() -> None:
    events = heard(delta("", reasoning_content="想") + delta("好") + END)
    assert (reasoning_of(events), text_of(events)) == ("想", "好")


@pytest.mark.parametrize(
    ("end", "code", "permanent"),
    [
        (("conversation.chat.failed", {"last_error": {"code": 5000, "msg": "x"}}), "UPSTREAM_UNAVAILABLE", False),
        (("conversation.chat.failed", {"last_error": {"code": 4028, "msg": "x"}}), "RATE_LIMITED", False),
        (("conversation.chat.failed", {"last_error": {"code": 4100, "msg": "x"}}), "UPSTREAM_UNAVAILABLE", True),
        (("conversation.chat.requires_action", {}), "UPSTREAM_UNAVAILABLE", True),
        (("error", {}), "UPSTREAM_UNAVAILABLE", False),
        (("error", {"code": 4000, "msg": "bad parameter"}), "UPSTREAM_UNAVAILABLE", True),
    ],
)
def test_understands_how_a_chat_fails(end: tuple[str, object], code: str, permanent: bool) -> None:
    events = heard(delta("好") + event(*end) + event("done", "[DONE]"))
    assert text_of(events) == "好"
    assert (failure_of(events).code, failure_of(events).permanent) == (ErrorCode(code), permanent)


@pytest.mark.parametrize(
    ("body", "code", "permanent"),
    [
        ({"code": 4100, "msg": "authentication is invalid"}, "UPSTREAM_UNAVAILABLE", True),
        ({"code": 4016, "msg": "conversation busy"}, "UPSTREAM_UNAVAILABLE", False),
        ({"code": 4013, "msg": "too fast"}, "RATE_LIMITED", False),
        ({"code": 0, "msg": "", "data": {"status": "in_progress"}}, "UPSTREAM_UNAVAILABLE", False),
        ([], "UPSTREAM_UNAVAILABLE", False),
    ],
)
def test_understands_a_document_as_a_refusal(body: object, code: str, permanent: bool) -> None:
    failure = failure_of(heard(json.dumps(body).encode()))
    assert (failure.code, failure.permanent) == (ErrorCode(code), permanent)


def test_calls_a_stream_cut_that_ends_without_any_mark() -> None:
    assert failure_of(heard(delta("好"))).permanent is False
