"""FastGPT's `v1/chat/completions` (labring/FastGPT, openapi/chat.mdx and the handler of that name)."""

from collections.abc import Iterator
from typing import Any

from domain.assistant.dialects import failures
from domain.assistant.dialects.addresses import fastgpt_chat
from domain.assistant.dialects.loose import as_dict, as_list, as_text
from domain.assistant.dialects.messages import bearer, messages
from domain.assistant.dialects.openai import ending, said
from domain.assistant.dialects.quotes import NodeResults
from domain.assistant.dialects.reading import AnswerReader
from domain.assistant.dialects.words import Endpoint, Event, Failure, Finished, Prompt, Reader, Reasoning, Text
from domain.outbound import Call, json_call

ANSWERS = frozenset({"", "message", "answer", "fastAnswer"})
NODES = frozenset({"flowResponses", "flowNodeResponse"})


class FastGPT:
    def call(self, endpoint: Endpoint, prompt: Prompt) -> Call:
        """Without chatId: the context is ours, and FastGPT keeps none. detail=true brings citations and faults."""
        body = {
            "stream": True,
            "detail": True,
            "responseChatItemId": prompt.reply_id,
            "customUid": prompt.user,
            "messages": messages(prompt),
        }
        return json_call(fastgpt_chat(endpoint.base_url), body, bearer(endpoint.api_key))

    def reader(self) -> Reader:
        return AnswerReader(FastGPTGrammar())


class FastGPTGrammar:
    """`usage` is a constant 1/1/1 and `model` is empty in every chunk: the true ones are in the node results."""

    def __init__(self) -> None:
        self.complete = False
        self._done = False
        self._nodes = NodeResults()

    def event(self, name: str, data: Any) -> Iterator[Event]:
        body = as_dict(data)
        if name == "error" or (name in ANSWERS and body.get("error")):
            yield failures.judged(None, failures.complaint(body) or "an error without words")
        elif name in ANSWERS:
            yield from _chunk(body)
        elif name in NODES:
            yield from self._nodes.take(data)
            self.complete = self._done and name == "flowResponses"
        elif name == "interactive":
            yield from _interactive(as_dict(body.get("interactive")))

    def done(self) -> Iterator[Event]:
        """Not the last event: the node results follow."""
        self._done = True
        yield Finished()

    def document(self, body: Any) -> Iterator[Event]:
        answer = as_dict(body)
        choices = as_list(answer.get("choices"))
        if not choices:
            yield failures.judged(None, failures.complaint(answer) or "a document that is no chat completion")
            return
        yield from self._nodes.take(as_list(answer.get("responseData")) + _last_fault(answer))
        yield from _content(as_dict(as_dict(choices[0]).get("message")))
        yield Finished()

    def fault(self) -> Failure | None:
        return self._nodes.fault


def _chunk(body: dict[str, Any]) -> Iterator[Event]:
    for choice in as_list(body.get("choices"))[:1]:
        yield from said(as_dict(as_dict(choice).get("delta")))
        yield from ending(as_dict(choice))


def _last_fault(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """A document may carry the error of its last node beside the (empty) answer."""
    return [{"error": answer["error"]}] if answer.get("error") else []


def _content(message: dict[str, Any]) -> Iterator[Event]:
    """With detail=true the content may be an array of typed values instead of a text."""
    yield from said(message)
    for value in map(as_dict, as_list(message.get("content"))):
        if thought := as_text(as_dict(value.get("reasoning")).get("content")):
            yield Reasoning(thought)
        if text := as_text(as_dict(value.get("text")).get("content")):
            yield Text(text)
        yield from _interactive(as_dict(value.get("interactive")))


def _interactive(node: dict[str, Any]) -> Iterator[Event]:
    """A workflow that asks back: its question and choices as text, so that the person is not left with nothing."""
    params = as_dict(node.get("params"))
    choices = [as_text(option.get("value")) for option in map(as_dict, as_list(params.get("userSelectOptions")))]
    fields = [as_text(field.get("label")) for field in map(as_dict, as_list(params.get("inputForm")))]
    lines = [as_text(params.get("description")), *(f"- {item}" for item in choices + fields if item)]
    if text := "\n".join(line for line in lines if line):
        yield Text(text)
