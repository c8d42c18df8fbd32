"""Coze's `/v3/chat` (coze-dev/coze-py, cozepy/chat). The model of the endpoint is the bot's id."""

from collections.abc import Iterator
from typing import Any

import orjson

from domain.assistant.dialects import failures
from domain.assistant.dialects.addresses import coze_chat
from domain.assistant.dialects.loose import as_count, as_dict, as_text
from domain.assistant.dialects.messages import bearer, spoken
from domain.assistant.dialects.reading import AnswerReader
from domain.assistant.dialects.texts import clean
from domain.assistant.dialects.words import (
    Endpoint,
    Event,
    Failure,
    Finished,
    NotCallable,
    Prompt,
    Reader,
    Reasoning,
    Text,
    Turn,
    Usage,
)
from domain.outbound import Call, json_call

STATUSES = {4000: 400, 4100: 401, 4101: 403, 4013: 429, 4015: 404, 4016: 503, 4028: 429}


class Coze:
    def call(self, endpoint: Endpoint, prompt: Prompt) -> Call:
        """Coze keeps nothing (`auto_save_history`): the context is ours."""
        bot = prompt.model or endpoint.model
        if not bot:
            raise NotCallable("Coze needs the bot's id (defaultModel of the api config or modelName of the assistant)")
        body = {
            "bot_id": bot,
            "user_id": prompt.user,
            "stream": True,
            "auto_save_history": False,
            "additional_messages": [_message(turn) for turn in spoken(prompt)],
        }
        return json_call(coze_chat(endpoint.base_url), body, bearer(endpoint.api_key))

    def reader(self) -> Reader:
        return AnswerReader(CozeGrammar())


def _message(turn: Turn) -> dict[str, Any]:
    """Coze knows no system role (a bot has its own instructions): ours go ahead as a question."""
    role, kind = ("assistant", "answer") if turn.role == "assistant" else ("user", "question")
    text = f"【系统说明】\n{turn.text}" if turn.role == "system" else turn.text
    return {"role": role, "type": kind, **_content(clean(text), turn.image_urls)}


def _content(text: str, image_urls: tuple[str, ...]) -> dict[str, str]:
    if not image_urls:
        return {"content_type": "text", "content": text}
    words = [{"type": "text", "text": text}] if text.strip() else []
    images = [{"type": "image", "file_url": url} for url in image_urls]
    return {"content_type": "object_string", "content": orjson.dumps([*words, *images]).decode()}


class CozeGrammar:
    def __init__(self) -> None:
        self.complete = False
        self._spoken: set[str] = set()

    def event(self, name: str, data: Any) -> Iterator[Event]:
        body = as_dict(data)
        match name.removeprefix("conversation."):
            case "message.delta":
                yield from self._answer(body)
            case "message.completed" if as_text(body.get("id")) not in self._spoken:
                yield from self._answer(body)
            case "chat.completed":
                yield from _usage(as_dict(body.get("usage")))
                yield Finished()
            case "error" | "chat.failed" | "chat.canceled":
                yield _fault(body)
            case "chat.requires_action":
                yield failures.MISCONFIGURED.failure("the bot waits for a local tool, which Wellmate has none of")
            case "done":
                yield from self.done()
            case _ if body.get("code"):
                yield _fault(body)

    def done(self) -> Iterator[Event]:
        self.complete = True
        yield Finished()

    def document(self, body: Any) -> Iterator[Event]:
        yield _fault(as_dict(body))

    def fault(self) -> Failure | None:
        return None

    def _answer(self, body: dict[str, Any]) -> Iterator[Event]:
        """Other types are tools, suggested questions and the like. A second message begins a paragraph."""
        if body.get("type") != "answer":
            return
        if thought := as_text(body.get("reasoning_content")):
            yield Reasoning(thought)
        if text := as_text(body.get("content")):
            key = as_text(body.get("id"))
            yield Text(text if key in self._spoken or not self._spoken else f"\n\n{text}")
            self._spoken.add(key)


def _usage(figures: dict[str, Any]) -> Iterator[Event]:
    if figures:
        yield Usage(as_count(figures.get("input_count")), as_count(figures.get("output_count")))


def _fault(body: dict[str, Any]) -> Failure:
    """`{"code", "msg"}`, at the top or as `last_error`; the data of an error event may be `{}`."""
    error = as_dict(body.get("last_error")) or body
    code = as_count(error.get("code"))
    return failures.judged(STATUSES.get(code), failures.complaint(error) or "an error without words")
