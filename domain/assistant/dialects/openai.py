"""OpenAI-compatible chat: the subset that Ollama, vLLM, DeepSeek, Qwen and StepFun share (OpenAI API reference)."""

from collections.abc import Iterator
from typing import Any

from domain.assistant.dialects import failures
from domain.assistant.dialects.addresses import openai_chat
from domain.assistant.dialects.loose import as_count, as_dict, as_list, as_text
from domain.assistant.dialects.messages import bearer, messages
from domain.assistant.dialects.reading import AnswerReader
from domain.assistant.dialects.texts import clean
from domain.assistant.dialects.thoughts import Thoughts
from domain.assistant.dialects.words import (
    Endpoint,
    Event,
    Failure,
    Finished,
    Model,
    Prompt,
    Reader,
    Reasoning,
    Text,
    Usage,
)
from domain.outbound import Call, json_call


class OpenAI:
    def call(self, endpoint: Endpoint, prompt: Prompt) -> Call:
        """Nothing but what every server takes; without a model a server of one model uses that."""
        model = prompt.model or endpoint.model
        body = {"messages": messages(prompt), "stream": True, "stream_options": {"include_usage": True}}
        return json_call(
            openai_chat(endpoint.base_url), {"model": model, **body} if model else body, bearer(endpoint.api_key)
        )

    def reader(self) -> Reader:
        return AnswerReader(OpenAIGrammar())


class OpenAIGrammar:
    def __init__(self) -> None:
        self.complete = False
        self._model = ""
        self._thoughts = Thoughts()

    def event(self, name: str, data: Any) -> Iterator[Event]:
        body = as_dict(data)
        if name == "error" or _is_complaint(body):
            yield failures.judged(None, failures.complaint(body) or "an error without words")
            return
        yield from self._model_of(body)
        for choice in map(as_dict, as_list(body.get("choices"))[:1]):
            yield from self._said(as_dict(choice.get("delta")))
            yield from self._ending(choice)
        yield from usage(body)

    def done(self) -> Iterator[Event]:
        self.complete = True
        yield from self._thoughts.rest()
        yield Finished()

    def document(self, body: Any) -> Iterator[Event]:
        answer = as_dict(body)
        choices = as_list(answer.get("choices"))
        if not choices:
            yield failures.judged(None, failures.complaint(answer) or "a document that is no chat completion")
            return
        yield from self._model_of(answer)
        yield from self._said(as_dict(as_dict(choices[0]).get("message")))
        yield from usage(answer)
        yield from self._ending(as_dict(choices[0]))
        yield from self.done()

    def fault(self) -> Failure | None:
        return None

    def _said(self, delta: dict[str, Any]) -> Iterator[Event]:
        for event in said(delta):
            if isinstance(event, Text):
                yield from self._thoughts.split(event.text)
            else:
                yield event

    def _ending(self, choice: dict[str, Any]) -> Iterator[Event]:
        for event in ending(choice):
            yield from self._thoughts.rest()
            yield event

    def _model_of(self, body: dict[str, Any]) -> Iterator[Event]:
        name = as_text(body.get("model"))
        if name and not self._model:
            self._model = name
            yield Model(clean(name))


def _is_complaint(body: dict[str, Any]) -> bool:
    """An `error`, older vLLM's `{"object": "error"}`, or a gateway's bare `{"code", "message"}`."""
    bare = "choices" not in body and body.get("code") and body.get("message")
    return bool(body.get("error") or body.get("object") == "error" or bare)


def said(delta: dict[str, Any]) -> Iterator[Event]:
    """DeepSeek, vLLM and FastGPT name it `reasoning_content`, StepFun and Ollama `reasoning`; some send both."""
    if thought := as_text(delta.get("reasoning_content")) or as_text(delta.get("reasoning")):
        yield Reasoning(thought)
    if text := as_text(delta.get("content")) or as_text(delta.get("refusal")):
        yield Text(text)


def ending(choice: dict[str, Any]) -> Iterator[Event]:
    """StepFun's reason is "" until the end, so truth decides and not presence."""
    match choice.get("finish_reason"):
        case "content_filter":
            yield failures.BLOCKED.failure("finish_reason content_filter")
        case "insufficient_system_resource":  # DeepSeek
            yield failures.UNAVAILABLE.failure("finish_reason insufficient_system_resource")
        case str(reason) if reason:
            yield Finished(truncated=reason == "length")


def usage(body: dict[str, Any]) -> Iterator[Event]:
    figures = as_dict(body.get("usage"))
    if figures:
        yield Usage(as_count(figures.get("prompt_tokens")), as_count(figures.get("completion_tokens")))
