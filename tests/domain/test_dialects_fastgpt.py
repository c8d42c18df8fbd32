"""The FastGPT dialect ..."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assistant.dialects import DIALECTS
from domain.assistant.dialects.words import (
    ApiType,
    Cite,
    Event,
    Failure,
    Finished,
    KeepAlive,
    Model,
    Text,
    Usage,
)
from domain.chat.models import Citation
from domain.errors import ErrorCode
from tests.domain.answers import failure_of, others, pieces, read, reasoning_of, text_of
from tests.domain.prompts import SHOWN, body_of, call_of, endpoint

DIALECT = DIALECTS[ApiType.FASTGPT]
HERE = endpoint(ApiType.FASTGPT, "https://fastgpt.example/api")
QUOTE = {"id": "q1", "q": "高血压指南", "a": "少盐", "sourceName": "指南.pdf", "sourceId": "654f2e49", "score": 0.8}


def event(name: str, data: object) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"event: {name}\ndata: {text}\n\n".encode() if name else f"data: {text}\n\n".encode()


def chunk(content: str | None, finish_reason: str | None = None, **delta: Any) -> dict[str, Any]:
    choice = {"delta": {"role": "assistant", "content": content, **delta}, "index": 0, "finish_reason": finish_reason}
    return {"id": "", "object": "", "created": 0, "model": "", "choices": [choice]}


def stream(*texts: str, nodes: object = (), detail: bool = True) -> bytes:
    """A whole answer as FastGPT puts it on the wire."""
    name = "answer" if detail else ""
    body = event(name, chunk("")) + b"".join(event(name, chunk(text)) for text in texts)
    body += event(name, chunk(None, "stop")) + event(name, "[DONE]")
    return body + (event("flowResponses", nodes) if detail else b"")


def heard(body: bytes | list[bytes], status: int = 200) -> list[Event]:
    return read(DIALECT.reader(), body, status=status)


def test_sends_its_own_context_asks_for_detail_and_names_no_chat() -> None:
    call = call_of(DIALECT, HERE)
    assert call.url == "https://fastgpt.example/api/v1/chat/completions"
    assert call.headers["Authorization"] == "Bearer key-123"
    body = body_of(call)
    assert [message["role"] for message in body.pop("messages")] == ["system", "user", "assistant", "user"]
    assert body == {"stream": True, "detail": True, "responseChatItemId": "s-1.4", "customUid": "u-42"}


def test_sends_images_by_address() -> None:
    parts = body_of(call_of(DIALECT, HERE, SHOWN))["messages"][0]["content"]
    assert parts[1] == {"type": "image_url", "image_url": {"url": "https://files.example/a.jpg"}}


@given(texts=st.lists(st.text(min_size=1)), detail=st.booleans(), cuts=st.lists(st.integers(0, 10**6)))
def test_reads_any_text_cut_anywhere(texts: list[str], detail: bool, cuts: list[int]) -> None:
    body = stream(*texts, detail=detail)
    text = "".join(texts).replace("\0", "")
    events = heard(pieces(body, cuts))
    assert text_of(events) == text
    assert isinstance(events[-1], Finished) == bool(text.strip())


def test_waits_behind_the_end_mark_for_the_node_results() -> None:
    reader = DIALECT.reader()
    reader.head(200, {})
    reader.feed(event("answer", chunk("好")))
    assert reader.feed(event("answer", chunk(None, "stop")) + event("answer", "[DONE]")) == [KeepAlive()]
    assert reader.feed(event("flowResponses", [{"moduleType": "datasetSearchNode", "quoteList": [QUOTE]}])) == [
        Cite((Citation(1, "指南.pdf", "高血压指南\n少盐"),)),
        Finished(),
    ]


def test_reads_on_when_node_results_come_before_the_end_mark() -> None:
    early = event("flowResponses", [{"moduleType": "datasetSearchNode"}])
    assert text_of(heard(event("answer", chunk("好")) + early + stream("的"))) == "好的"


def test_is_content_with_the_end_mark_when_no_results_follow() -> None:
    assert heard(stream("好", detail=False)) == [Text("好"), Finished()]


def test_takes_tokens_and_model_from_the_nodes_and_not_from_the_constant_usage() -> None:
    nodes = [
        {"moduleType": "chatNode", "model": "qwen-max", "inputTokens": 100, "outputTokens": 20},
        {"moduleType": "chatNode", "model": "", "inputTokens": 10, "outputTokens": 2},
        {"moduleType": "datasetSearchNode", "model": "embedding", "inputTokens": 1},
    ]
    body = event("answer", {**chunk("好"), "usage": {"prompt_tokens": 1, "completion_tokens": 1}}) + stream(nodes=nodes)
    assert others(heard(body)) == [Model("qwen-max"), Usage(111, 22), Finished()]


@pytest.mark.parametrize("form", ["array", "spread", "single"])
def test_finds_citations_in_each_form_of_the_results(form: str) -> None:
    node = {"id": "n1", "moduleType": "datasetSearchNode", "quoteList": [QUOTE]}
    if form == "single":
        body = event("flowNodeResponse", node) + stream("好", nodes=[node])
    else:
        body = stream("好", nodes=[node] if form == "array" else {"0": node})
    assert [item for item in heard(body) if isinstance(item, Cite)][-1] == Cite(
        (Citation(1, "指南.pdf", "高血压指南\n少盐"),)
    )


def test_counts_the_tokens_of_a_node_once_that_is_told_twice() -> None:
    node = {"id": "n1", "moduleType": "chatNode", "inputTokens": 7, "outputTokens": 3}
    assert Usage(7, 3) in heard(event("flowNodeResponse", node) + stream("好", nodes=[node]))


def test_names_each_quote_once_and_only_web_addresses_as_links() -> None:
    linked = {"id": "q2", "q": "x" * 400, "sourceName": "", "sourceId": "https://who.int/a"}
    script = {"id": "q3", "q": "y", "sourceName": "z\0", "sourceId": "javascript:alert(1)"}
    nodes = [{"quoteList": [QUOTE, linked]}, {"quoteList": [QUOTE, script, {}, None, "x"]}]
    cited = next(item for item in heard(stream("好", nodes=nodes)) if isinstance(item, Cite))
    assert cited.citations == (
        Citation(1, "指南.pdf", "高血压指南\n少盐"),
        Citation(2, "知识库", "x" * 299 + "…", "https://who.int/a"),
        Citation(3, "z", "y"),
    )


def test_ignores_events_it_does_not_know_and_what_is_no_answer() -> None:
    noise = event("flowNodeStatus", {"status": "running", "name": "AI"}) + event("toolCall", {"tool": {"id": "1"}})
    noise += event("plan", []) + event("chatTitle", {"title": "标题"}) + event("updateVariables", {"error": "none"})
    noise += event("workflowDuration", {"durationSeconds": 2.31}) + event("sandboxStatus", "ready")
    assert heard(noise + stream("好")) == [Text("好"), Finished()]


def test_counts_the_fixed_text_of_a_reply_node_as_answer() -> None:
    assert text_of(heard(event("fastAnswer", chunk("您好，")) + stream("好"))) == "您好，好"


def test_keeps_reasoning_apart() -> None:
    thinking = event("answer", {"choices": [{"delta": {"reasoning_content": "先看"}, "finish_reason": None}]})
    events = heard(thinking + stream("好"))
    assert (reasoning_of(events), text_of(events)) == ("先看", "好")


def test_leaves_thinking_marks_of_the_workflow_in_the_answer() -> None:
    assert text_of(heard(stream("<think>"))) == "<think>"


@pytest.mark.parametrize(
    ("error", "code", "permanent"),
    [
        ({"code": 514, "statusText": "unAuthApiKey", "message": "Api Key 不合法"}, "UPSTREAM_UNAVAILABLE", True),
        (
            {"code": 510, "statusText": "insufficientQuota", "message": "common:code_error"},
            "UPSTREAM_UNAVAILABLE",
            True,
        ),
        ({"code": 506002, "statusText": "openapiExceedLimit", "message": "x"}, "UPSTREAM_UNAVAILABLE", True),
        ({"code": 501002, "statusText": "unAuthApp", "message": "x"}, "UPSTREAM_UNAVAILABLE", True),
        ({"message": "404 model not found"}, "UPSTREAM_UNAVAILABLE", True),
        ({"message": "401 Incorrect API key provided: sk-abcdef***"}, "UPSTREAM_UNAVAILABLE", True),
        ({"message": "429 Rate limit reached"}, "RATE_LIMITED", False),
        ({"code": 500, "statusText": "error", "message": "429 status code (no body)"}, "RATE_LIMITED", False),
        ({"message": "Request timed out."}, "UPSTREAM_TIMEOUT", False),
        ({"message": "400 Output data may contain inappropriate content."}, "CONTENT_BLOCKED", True),
        ({"code": 500, "statusText": "error", "message": "socket hang up"}, "UPSTREAM_UNAVAILABLE", False),
        ({}, "UPSTREAM_UNAVAILABLE", False),
        ("not even JSON", "UPSTREAM_UNAVAILABLE", False),
    ],
)
def test_understands_an_error_event_before_and_after_the_first_words(error: object, code: str, permanent: bool) -> None:
    for said in (b"", event("answer", chunk("好"))):
        failure = failure_of(heard(said + event("error", error)))
        assert (failure.code, failure.permanent) == (ErrorCode(code), permanent)


def test_understands_the_same_error_as_a_document_with_status_500_or_200() -> None:
    error = {"code": 514, "statusText": "unAuthApiKey", "message": "Api Key 不合法", "data": None}
    for status in (500, 200, 403):
        failure = failure_of(heard(json.dumps(error).encode(), status))
        assert (failure.code, failure.permanent) == (ErrorCode.UPSTREAM_UNAVAILABLE, True)


@pytest.mark.parametrize("fault", [{"error": "429 Too many requests"}, {"errorText": "429 Too many requests"}])
def test_finds_the_failed_node_behind_a_normal_end_without_words(fault: dict[str, str]) -> None:
    failure = failure_of(heard(stream(nodes=[{"moduleType": "chatNode", **fault}])))
    assert (failure.code, failure.permanent) == (ErrorCode.RATE_LIMITED, False)


def test_understands_a_failed_node_whose_error_is_an_object() -> None:
    error = {"message": "Connection error.", "status": None}
    assert "Connection error." in failure_of(heard(stream(nodes=[{"error": error}]))).log


def test_does_not_mind_a_failed_node_where_others_answered() -> None:
    assert heard(stream("好", nodes=[{"error": "429"}])) == [Text("好"), Finished()]


def test_calls_a_normal_end_without_words_a_failure() -> None:
    assert failure_of(heard(stream())).zh == "AI 没有给出回答，请再试一次"


def test_calls_a_stream_cut_that_ends_without_any_mark() -> None:
    assert failure_of(heard(event("answer", chunk("好")))).permanent is False


def test_keeps_a_whole_answer_when_the_wire_breaks_before_the_node_results() -> None:
    broken = Failure(ErrorCode.UPSTREAM_UNAVAILABLE, False, "", "", "")
    body = event("answer", chunk("好")) + event("answer", chunk(None, "stop"))
    assert read(DIALECT.reader(), body, broken=broken) == [Text("好"), Finished()]


def document(content: Any, **more: Any) -> bytes:
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop", "index": 0}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 1}
    return json.dumps({"id": "", "model": "", "usage": usage, "choices": [choice], **more}).encode()


def test_reads_a_document_with_its_citations() -> None:
    events = heard(document("好", responseData=[{"moduleType": "datasetSearchNode", "quoteList": [QUOTE]}]))
    assert events == [Cite((Citation(1, "指南.pdf", "高血压指南\n少盐"),)), Text("好"), Finished()]


def test_reads_a_document_whose_content_is_an_array() -> None:
    content = [
        {"type": "reasoning", "reasoning": {"content": "想"}},
        {"type": "text", "text": {"content": "好"}},
        {"type": "tool", "tools": []},
        {"type": "text", "text": {"content": "的"}},
    ]
    events = heard(document(content))
    assert (reasoning_of(events), text_of(events), events[-1]) == ("想", "好的", Finished())


def test_takes_the_error_of_a_document_only_where_there_are_no_words() -> None:
    assert failure_of(heard(document("", error={"message": "429 busy"}))).code is ErrorCode.RATE_LIMITED
    assert heard(document("好", error="429 busy"))[-1] == Finished()


def test_puts_the_question_of_an_interactive_node_into_words() -> None:
    options = [{"value": "头疼", "key": "a"}, {"value": "肚子疼", "key": "b"}]
    select = {"type": "userSelect", "params": {"description": "哪里不舒服？", "userSelectOptions": options}}
    form = {"type": "userInput", "params": {"inputForm": [{"label": "年龄", "key": "age"}]}}
    assert text_of(heard(event("interactive", {"interactive": select}) + stream())) == "哪里不舒服？\n- 头疼\n- 肚子疼"
    assert text_of(heard(event("interactive", {"interactive": form}) + stream())) == "- 年龄"


def test_calls_the_web_page_of_a_wrong_address_a_matter_of_configuration() -> None:
    failure = failure_of(heard(b"<!DOCTYPE html><html>404</html>", 404))
    assert (failure.code, failure.permanent) == (ErrorCode.UPSTREAM_UNAVAILABLE, True)
    assert failure.log == "404 a web page: is the base URL right?"
