"""An OpenAI-compatible server (OpenAI's API reference, chat; the quirks of vLLM and DeepSeek by `Manner`)."""

import time
from collections.abc import AsyncIterator
from typing import Any, ClassVar

from tests.standins.chat import (
    Broken,
    ChatStandIn,
    EventWriter,
    Fault,
    Manner,
    bearer,
    images_of,
    js_json,
    repeated,
    words_of,
)
from tests.standins.http import Exchange, Request

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "invalid_api_key",
    402: "insufficient_balance",
    404: "not_found_error",
    429: "rate_limit_exceeded",
    451: "content_filter",
}


class OpenAI(ChatStandIn):
    name = "OpenAI-compatible"
    key: ClassVar[str] = "sk-standin-openai-key"
    models: ClassVar[tuple[str, ...]] = ("standin-chat", "standin-vision")

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def vendor_error(self, status: int, message: str) -> dict[str, Any]:
        kind = ERROR_TYPES.get(status, "server_error")
        return {"error": {"message": message or kind.replace("_", " "), "type": kind, "param": None, "code": kind}}

    def error_event(self, manner: Manner) -> bytes:
        """As vLLM does it: the end mark follows the error."""
        return f"data: {js_json(self.vendor_error(manner.status, manner.message))}\n\ndata: [DONE]\n\n".encode()

    async def handle(self, request: Request, exchange: Exchange) -> None:
        if bearer(request) != self.key:
            await exchange.answer_json(401, self.vendor_error(401, "Incorrect API key provided"))
            return
        match request.method, request.path:
            case "POST", "/v1/chat/completions":
                await self._chat(request.json(), exchange)
            case "GET", "/v1/models":
                await exchange.answer_json(200, {"object": "list", "data": [{"id": name} for name in self.models]})
            case _:
                await exchange.answer_json(404, self.vendor_error(404, "Not Found"))

    def refusal(self, body: dict[str, Any]) -> tuple[int, str] | None:
        """Status and words for a request that is no good."""
        if body.get("model") not in self.models:
            return 404, f"The model `{body.get('model')}` does not exist"
        return None if body.get("messages") else (400, "messages is empty")

    async def _chat(self, body: dict[str, Any], exchange: Exchange) -> None:
        if refusal := self.refusal(body):
            await exchange.answer_json(refusal[0], self.vendor_error(*refusal))
            return
        asked = words_of(body["messages"][-1])
        manner = self.next_manner(asked)
        if await self.misbehave(exchange, manner):
            return
        text = "" if manner.fault is Fault.NO_TEXT else self.text(manner, body)
        if body.get("stream") and manner.streams:
            await self._stream(exchange, manner, text, body)
        else:
            # DeepSeek sends empty lines until a document is ready.
            await exchange.answer(200, b"\n\n" + js_json(self._document(text, body)).encode())

    def text(self, manner: Manner, body: dict[str, Any]) -> str:
        if manner.text is not None:
            return manner.text
        said = body["messages"]
        images = sum(len(images_of(message)) for message in said)
        seen = f"看到 {images} 张图片。" if images else ""
        return repeated(self.name, words_of(said[-1]), len(said)) + seen

    async def _stream(self, exchange: Exchange, manner: Manner, text: str, body: dict[str, Any]) -> None:
        await exchange.begin(200, {"Content-Type": "text/event-stream; charset=utf-8"})
        events = EventWriter(exchange, manner)
        try:
            async for chunk in self.chunks(exchange, manner, text, body):
                await events.event(chunk)
        except Broken:
            if exchange.kept_alive:
                await exchange.finish()
            return
        if manner.fault is not Fault.NO_END:
            await events.event("[DONE]")
        await exchange.finish()

    async def chunks(
        self, exchange: Exchange, manner: Manner, text: str, body: dict[str, Any]
    ) -> AsyncIterator[dict[str, Any]]:
        """With include_usage the last chunk has usage and no choice at all."""
        yield self.chunk(body, {"role": "assistant", "content": ""})
        if manner.reasoning:
            yield self.chunk(body, {"reasoning_content": manner.reasoning})
        if manner.unknown_events:
            yield {"object": "chat.completion.extra", "note": "unknown"}
        async for piece in self.pieces(exchange, manner, text):
            yield self.chunk(body, {"content": piece})
        if manner.fault is not Fault.NO_END:
            yield self.chunk(body, {}, "stop")
        if body.get("stream_options", {}).get("include_usage"):
            yield {**self.chunk(body, {}), "choices": [], "usage": usage(body, text)}

    def chunk(self, body: dict[str, Any], delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return {
            "id": "chatcmpl-standin",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": body["model"],
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }

    def _document(self, text: str, body: dict[str, Any]) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        return {
            "id": "chatcmpl-standin",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": usage(body, text),
        }


def usage(body: dict[str, Any], text: str, image_tokens: int = 0) -> dict[str, int]:
    """A character counts as a token."""
    asked = sum(len(words_of(message)) for message in body["messages"]) + image_tokens
    return {"prompt_tokens": asked, "completion_tokens": len(text), "total_tokens": asked + len(text)}
