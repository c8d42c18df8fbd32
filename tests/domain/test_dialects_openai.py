"""The OpenAI-compatible dialect ..."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assistant.dialects import DIALECTS
from domain.assistant.dialects.words import (
    ApiType,
    Endpoint,
    Event,
    Failure,
    Finished,
    KeepAlive,
    Model,
    Prompt,
    Reasoning,
    Text,
    Turn,
    Usage,
)
from domain.errors import ErrorCode
from tests.domain.answers import failure_of, others, pieces, read, reasoning_of, text_of
from tests.domain.prompts import ASKED, PICTURE, SHOWN, body_of, call_of, endpoint

DIALECT = DIALECTS[ApiType.OPENAI_COMPATIBLE]
HERE = endpoint(ApiType.OPENAI_COMPATIBLE)
STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
DONE = b"data: [DONE]\n\n"


def said(text: str | None, **delta: Any) -> dict[str, Any]:
    return {"model": "m-9", "choices": [{"index": 0, "delta": {"content": text, **delta}, "finish_reason": None}]}


def sse(*payloads: object, end: str = "\n") -> bytes:
    return "".join(f"data: {json.dumps(payload)}{end}{end}" for payload in payloads).encode()


def heard(body: bytes | list[bytes], status: int = 200, **headers: str) -> list[Event]:
    return read(DIALECT.reader(), body, status=status, headers=headers)


def test_sends_the_whole_context_and_nothing_unusual() -> None:
    call = call_of(DIALECT, HERE)
    assert (call.method, call.url) == ("POST", "https://ai.example/v1/chat/completions")
    assert call.headers["Authorization"] == "Bearer key-123"
    assert body_of(call) == {
        "model": "m-1",
        "messages": [
            {"role": "system", "content": "你是健康助手"},
            {"role": "user", "content": "头疼"},
            {"role": "assistant", "content": "多久了？"},
            {"role": "user", "content": "三天了😀"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_shows_neither_key_nor_words_in_its_values() -> None:
    shown = f"{HERE!r} {call_of(DIALECT, HERE)!r} {ASKED!r} {Text('病情')!r}"
    assert not [secret for secret in ("key-123", "头疼", "病情") if secret in shown]


def test_sends_images_as_parts() -> None:
    assert body_of(call_of(DIALECT, HERE, SHOWN))["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "这是什么？"},
                {"type": "image_url", "image_url": {"url": PICTURE}},
            ],
        },
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
    ]


def test_prefers_the_model_of_the_assistant_and_names_none_where_none_is_set() -> None:
    chosen = Prompt(ASKED.turns, "u", "r", model="m-2")
    assert body_of(call_of(DIALECT, HERE, chosen))["model"] == "m-2"
    assert "model" not in body_of(call_of(DIALECT, endpoint(ApiType.OPENAI_COMPATIBLE, model=None)))


def test_leaves_out_turns_without_words_and_half_characters() -> None:
    prompt = Prompt((Turn("assistant", " "), Turn("user", "a\ud83d\0")), "u", "r")
    assert body_of(call_of(DIALECT, HERE, prompt))["messages"] == [{"role": "user", "content": "a\ufffd"}]


def test_sends_no_authorization_without_a_key() -> None:
    assert "Authorization" not in call_of(DIALECT, Endpoint(ApiType.OPENAI_COMPATIBLE, "x.example", " ")).headers


@given(
    texts=st.lists(st.text(min_size=1), min_size=1).filter(lambda texts: "".join(texts).replace("\0", "").strip()),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    cuts=st.lists(st.integers(0, 10**6)),
)
def test_reads_any_text_cut_anywhere(texts: list[str], end: str, cuts: list[int]) -> None:
    text = "".join(texts).replace("\0", "")
    if text.lstrip().startswith("<think>"):
        return
    events = heard(pieces(sse(*map(said, texts), STOP, end=end) + DONE, cuts))
    assert text_of(events) == text
    assert others(events) == [Model("m-9"), Finished()]


def test_joins_an_emoji_cut_between_two_deltas_in_one_read_or_two() -> None:
    halves = [sse(said("好\ud83d")), sse(said("\ude00。")), sse(STOP)]
    assert text_of(heard(b"".join(halves))) == "好😀。"
    assert text_of(heard(halves)) == "好😀。"


def test_gives_neighbouring_deltas_of_one_read_as_one_event() -> None:
    reader = DIALECT.reader()
    reader.head(200, {})
    assert reader.feed(sse(said("一"), said("二"))) == [Model("m-9"), Text("一二")]
    assert reader.feed(sse(said("三"))) == [Text("三")]


def test_calls_bytes_without_content_a_keep_alive() -> None:
    reader = DIALECT.reader()
    reader.head(200, {})
    silence = sse({"choices": [{"delta": {"content": ""}}]})
    for chunk in (b": keep-alive\n\n", sse({"choices": []}), silence, b"data:\n\n", b"data: ping\n\n", b"data: {"):
        assert reader.feed(chunk) == [KeepAlive()]


def test_keeps_reasoning_apart_under_either_name() -> None:
    for name in ("reasoning_content", "reasoning"):
        events = heard(sse(said(None, **{name: "先想"}), said("答"), STOP))
        assert (reasoning_of(events), text_of(events)) == ("先想", "答")


def test_does_not_double_reasoning_that_comes_under_both_names() -> None:
    assert reasoning_of(heard(sse(said("答", reasoning="想", reasoning_content="想"), STOP))) == "想"


def test_keeps_thinking_inside_the_answer_apart() -> None:
    events = heard(sse(said("<thi"), said("nk>想</think>"), said("\n\n答"), STOP))
    assert (reasoning_of(events), text_of(events)) == ("想", "答")


@pytest.mark.parametrize("end", [sse(STOP), sse(STOP) + DONE, DONE])
def test_gives_a_short_answer_that_only_looked_like_the_start_of_thinking(end: bytes) -> None:
    assert text_of(heard(sse(said("<"), said("thi")) + end)) == "<thi"


def test_tells_the_last_usage_once_just_before_the_end() -> None:
    growing = [{**said("字"), "usage": {"prompt_tokens": 5, "completion_tokens": count}} for count in (1, 2, 3)]
    assert others(heard(sse(*growing, STOP) + DONE)) == [Model("m-9"), Usage(5, 3), Finished()]


def test_survives_usage_without_choices_and_usage_that_is_null() -> None:
    body = sse({**said("字"), "usage": None}, STOP, {"choices": [], "usage": {"prompt_tokens": 5}}) + DONE
    assert others(heard(body)) == [Model("m-9"), Usage(5, 0), Finished()]


def test_ends_at_the_end_mark_without_waiting_for_the_body() -> None:
    reader = DIALECT.reader()
    reader.head(200, {})
    reader.feed(sse(said("好")))
    assert reader.feed(DONE) == [Finished()]
    assert reader.feed(sse(said("多"))) == []
    assert reader.close() == []


@pytest.mark.parametrize("end", [sse(STOP), DONE, DONE.rstrip()])
def test_takes_a_finish_reason_or_an_end_mark_for_the_end(end: bytes) -> None:
    assert heard(sse(said("好")) + end)[-1] == Finished()


def test_says_when_the_model_ran_into_its_length_limit() -> None:
    assert heard(sse(said("好"), {"choices": [{"delta": {}, "finish_reason": "length"}]}) + DONE)[-1] == Finished(True)


@pytest.mark.parametrize(
    "body", [sse(said("好")), sse(said("好")) + b'data: {"choices":[{"del', b"", b"\n\n", b"garbage"]
)
def test_calls_a_stream_without_an_end_mark_cut(body: bytes) -> None:
    failure = failure_of(heard(body))
    assert (failure.code, failure.permanent) == (ErrorCode.UPSTREAM_UNAVAILABLE, False)
    assert text_of(heard(body)) == ("好" if body.startswith(b"data") else "")


@pytest.mark.parametrize("texts", [[], [""], [" \n"], ["\0"]])
def test_calls_a_normal_end_without_words_a_failure(texts: list[str]) -> None:
    failure = failure_of(heard(sse(*map(said, texts), STOP) + DONE))
    assert (failure.code, failure.permanent) == (ErrorCode.UPSTREAM_UNAVAILABLE, False)
    assert failure.zh == "AI 没有给出回答，请再试一次"


@pytest.mark.parametrize(
    ("error", "code", "permanent"),
    [
        ({"error": {"message": "overloaded", "type": "server_error"}}, ErrorCode.UPSTREAM_UNAVAILABLE, False),
        ({"error": "text only"}, ErrorCode.UPSTREAM_UNAVAILABLE, False),
        ({"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, ErrorCode.RATE_LIMITED, False),
        ({"object": "error", "message": "max tokens", "code": 400}, ErrorCode.UPSTREAM_UNAVAILABLE, False),
        ({"code": "data_inspection_failed", "message": "Output data"}, ErrorCode.CONTENT_BLOCKED, True),
        ({"choices": [{"delta": {}, "finish_reason": "content_filter"}]}, ErrorCode.CONTENT_BLOCKED, True),
        ({"choices": [{"finish_reason": "insufficient_system_resource"}]}, ErrorCode.UPSTREAM_UNAVAILABLE, False),
    ],
)
def test_fails_at_an_error_inside_the_stream_and_keeps_what_was_said(
    error: object, code: ErrorCode, permanent: bool
) -> None:
    events = heard(sse(said("好"), error) + DONE)
    assert text_of(events) == "好"
    assert (failure_of(events).code, failure_of(events).permanent) == (code, permanent)


def test_fails_at_a_broken_event_that_may_have_held_words() -> None:
    events = heard(sse(said("好")) + b'data: {"choices":[{"delta":{"content":"\n\n' + sse(said("的"), STOP))
    assert (text_of(events), failure_of(events).permanent) == ("好", False)


@pytest.mark.parametrize("end", [sse(STOP), sse(STOP) + DONE])
def test_keeps_an_answer_that_was_whole_before_the_connection_broke(end: bytes) -> None:
    broken = Failure(ErrorCode.UPSTREAM_TIMEOUT, False, "", "", "")
    assert read(DIALECT.reader(), sse(said("好")) + end, broken=broken)[-1] == Finished()
    assert read(DIALECT.reader(), sse(said("好")), broken=broken)[-1] == broken


def test_reads_a_document_from_a_server_that_does_not_stream() -> None:
    answer = {
        "model": "m-9",
        "choices": [{"message": {"role": "assistant", "content": "好😀"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2},
    }
    body = b"\n\n \r\n" + json.dumps(answer).encode()
    assert heard(pieces(body, [1, 9, 40])) == [Model("m-9"), Text("好😀"), Usage(3, 2), Finished()]


def test_refuses_a_document_that_broke_off() -> None:
    assert failure_of(heard(b'{"choices":[{"message":{"content":"half')).permanent is False


def test_calls_a_web_page_a_wrong_address() -> None:
    failure = failure_of(heard(b"<!DOCTYPE html><html>hello</html>"))
    assert (failure.code, failure.permanent) == (ErrorCode.UPSTREAM_UNAVAILABLE, True)
    assert "base URL" in failure.log


def test_ends_a_runaway_stream() -> None:
    events = heard([sse(said("字" * 50_000)) for _ in range(100)])
    assert len(text_of(events)) == 250_000
    assert events[-1] == Finished(truncated=True)


def test_refuses_an_event_and_a_document_without_end() -> None:
    for start in (b"data: ", b'{"x": "'):
        assert failure_of(heard([start, *[b"x" * 1_000_000] * 5])).permanent is False


@given(data=st.binary(max_size=200), status=st.sampled_from([200, 400, 500]), cuts=st.lists(st.integers(0, 200)))
def test_ends_any_garbage_with_one_failure(data: bytes, status: int, cuts: list[int]) -> None:
    assert failure_of(heard(pieces(data, cuts), status))


@given(
    payload=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["choices", "delta", "content", "error", "usage", "message", "finish_reason", "model"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_survives_any_shape_of_json(payload: object) -> None:
    for body in (sse(payload), json.dumps(payload).encode(), sse(said("好"), payload, STOP)):
        assert isinstance(heard(body)[-1], Finished | Failure)


@pytest.mark.parametrize("form", ["data: %s\n\n", "%s"])
def test_refuses_json_nested_without_end(form: str) -> None:
    assert failure_of(heard((form % ("[" * 100_000)).encode())).permanent is False


def test_gives_reasoning_and_text_in_the_order_they_came() -> None:
    events = heard(sse(said(None, reasoning="想一"), said("答一"), said(None, reasoning="想二"), said("答二"), STOP))
    assert [event for event in events if isinstance(event, Text | Reasoning)] == [
        Reasoning("想一"),
        Text("答一"),
        Reasoning("想二"),
        Text("答二"),
    ]
