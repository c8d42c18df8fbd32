"""FastGPT as it is on the wire (external facts: labring/FastGPT, `api/v1/chat/completions.ts` and the openapi docs)."""

from collections import defaultdict
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

STREAM_HEADERS = {
    "Content-Type": "text/event-stream;charset=utf-8",
    "Access-Control-Allow-Origin": "*",
    "X-Accel-Buffering": "no",
    "Cache-Control": "no-cache, no-transform",
}
ACCOUNT_KEY_WORDS = "Key is error. You need to use the app key rather than the account key."
SILENCE = {"role": "assistant", "content": ""}
STATUS_TEXTS = {510: "insufficientQuota", 514: "unAuthApiKey"}


def chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"delta": delta, "index": 0, "finish_reason": finish_reason}
    return {"id": "", "object": "", "created": 0, "model": "", "choices": [choice]}


def _event(name: str, data: object) -> bytes:
    line = f"event: {name}\n" if name else ""
    return f"{line}data: {js_json(data)}\n\n".encode()


class FastGPT(ChatStandIn):
    """Keeps a history per chatId; without one the context is what `messages` says."""

    name = "FastGPT"
    key: ClassVar[str] = "fastgpt-standin-app-key"
    account_key: ClassVar[str] = "fastgpt-standin-account-key"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.histories: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.feedback: list[dict[str, Any]] = []

    @property
    def base_url(self) -> str:
        return f"{self.url}/api"

    def vendor_error(self, status: int, message: str) -> dict[str, Any]:
        return {
            "code": status,
            "statusText": STATUS_TEXTS.get(status, "error"),
            "message": message or "出错了",
            "data": None,
        }

    async def handle(self, request: Request, exchange: Exchange) -> None:
        match request.method, request.path:
            case "POST", "/api/v1/chat/completions":
                await self._chat(request, exchange)
            case _, path if path.startswith("/api/core/"):
                await self._records(request, exchange, path.removeprefix("/api/core/"))
            case _:
                page = b"<!DOCTYPE html><html><head><title>404</title></head><body>404</body></html>"
                await exchange.answer(404, page, {"Content-Type": "text/html; charset=utf-8"})

    async def _chat(self, request: Request, exchange: Exchange) -> None:
        body = request.json()
        refusal = self._refusal(request, body)
        if refusal:
            await self._refuse(exchange, refusal, stream=body.get("stream", False))
            return
        asked = words_of(body["messages"][-1])
        manner = self.next_manner(asked)
        if await self.misbehave(exchange, manner):
            return
        text = "" if manner.fault in (Fault.NO_TEXT, Fault.NODE_ERROR) else self._text(manner, body)
        if body.get("stream") and manner.streams:
            await Stream(self, exchange, manner, detail=body.get("detail", False)).run(text)
        else:
            await exchange.answer_json(200, document(manner, text, body))

    def _refusal(self, request: Request, body: dict[str, Any]) -> dict[str, Any] | None:
        key = bearer(request)
        if key == self.account_key and not body.get("appId"):
            return self.vendor_error(500, ACCOUNT_KEY_WORDS)
        if key not in (self.key, self.account_key):
            return self.vendor_error(514, "Api Key 不合法")
        return None if body.get("messages") else self.vendor_error(500, "messages is empty")

    async def _refuse(self, exchange: Exchange, error: dict[str, Any], *, stream: bool) -> None:
        """With stream=true it is an event of a 200 without a content type; else always a 500."""
        if not stream:
            await exchange.answer_json(500, error)
            return
        await exchange.answer(200, _event("error", error))

    def _text(self, manner: Manner, body: dict[str, Any]) -> str:
        said = [*self.histories[body["chatId"]], *body["messages"]] if body.get("chatId") else body["messages"]
        images = sum(len(images_of(message)) for message in said)
        text = manner.text
        if text is None:
            text = repeated("FastGPT", words_of(said[-1]), len(said)) + (f"看到 {images} 张图片。" if images else "")
        if body.get("chatId"):
            self.histories[body["chatId"]] += [body["messages"][-1], {"role": "assistant", "content": text}]
        return text

    async def _records(self, request: Request, exchange: Exchange, path: str) -> None:
        body = request.json() if request.body else {}
        chat_id = body.get("chatId", request.query.get("chatId", ""))
        match path:
            case "chat/getHistories":
                data: Any = {"list": [{"chatId": known} for known in self.histories], "total": len(self.histories)}
            case "chat/getPaginationRecords":
                items = self.histories[chat_id]
                data = {"list": [_record(item) for item in items], "total": len(items)}
            case "chat/delHistory":
                self.histories.pop(chat_id, None)
                data = None
            case "chat/feedback/updateUserFeedback":
                self.feedback.append(body)
                data = None
            case _:
                data = None
        await exchange.answer_json(200, {"code": 200, "statusText": "", "message": "", "data": data})

    def error_event(self, manner: Manner) -> bytes:
        words = manner.message or "404 model not found"
        return _event("error", {"message": words})


class Stream:
    """One streamed answer, with event names only when detail=true."""

    def __init__(self, vendor: FastGPT, exchange: Exchange, manner: Manner, *, detail: bool) -> None:
        self._vendor = vendor
        self._exchange = exchange
        self._manner = manner
        self._detail = detail
        self._events = EventWriter(exchange, manner)

    async def run(self, text: str) -> None:
        await self._exchange.begin(200, STREAM_HEADERS)
        await self._named("flowNodeStatus", {"status": "running", "name": "知识库搜索"})
        try:
            await self._answer(text)
        except Broken:
            if self._exchange.kept_alive:
                await self._exchange.finish()
            return
        if self._manner.fault is not Fault.NO_END:
            await self._end()
        await self._exchange.finish()

    async def _answer(self, text: str) -> None:
        await self._chunk(SILENCE)
        if self._manner.reasoning:
            await self._chunk({"role": "assistant", "reasoning_content": self._manner.reasoning})
        if self._manner.unknown_events:
            await self._events.event({"title": "新标题"}, "chatTitle")
            await self._named("sandboxStatus", {"status": "ready", "responseValueId": "x1"})
        keep_alive = _event("answer" if self._detail else "", chunk(SILENCE))
        async for piece in self._vendor.pieces(self._exchange, self._manner, text, keep_alive):
            await self._chunk({"role": "assistant", "content": piece})

    async def _end(self) -> None:
        await self._named("workflowDuration", {"durationSeconds": 2.31})
        await self._chunk({"role": "assistant", "content": None}, "stop")
        await self._events.event("[DONE]", "answer" if self._detail else "")
        await self._named("flowResponses", nodes(self._manner))

    async def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> None:
        await self._events.event(chunk(delta, finish_reason), "answer" if self._detail else "")

    async def _named(self, name: str, data: object) -> None:
        if self._detail:
            await self._events.event(data, name)


def nodes(manner: Manner) -> list[dict[str, Any]]:
    search = {
        "moduleName": "知识库搜索",
        "moduleType": "datasetSearchNode",
        "runningTime": 1.78,
        "quoteList": list(manner.quotes),
    }
    chat: dict[str, Any] = {
        "moduleName": "AI 对话",
        "moduleType": "chatNode",
        "runningTime": 2.1,
        "model": "qwen-max",
        "inputTokens": 120,
        "outputTokens": 34,
        "historyPreview": [],
        "quoteList": list(manner.quotes),
    }
    if manner.fault is Fault.NODE_ERROR:
        chat["errorText"] = manner.message or "429 Rate limit reached for requests"
    return [search, chat]


def document(manner: Manner, text: str, body: dict[str, Any]) -> dict[str, Any]:
    """`usage` is never real; with detail=true and reasoning the content is an array of typed values."""
    detail = body.get("detail", False)
    content: Any = text
    if detail and manner.reasoning:
        content = [
            {"type": "reasoning", "reasoning": {"content": manner.reasoning}},
            {"type": "text", "text": {"content": text}},
        ]
    answer = {
        "id": body.get("chatId", ""),
        "model": "",
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 1},
        "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop", "index": 0}],
    }
    if manner.fault is Fault.NODE_ERROR:
        answer["error"] = manner.message or "429 Rate limit reached for requests"
    return {**({"responseData": nodes(manner), "newVariables": {}} if detail else {}), **answer}


def _record(message: dict[str, Any]) -> dict[str, Any]:
    who = "AI" if message["role"] == "assistant" else "Human"
    return {"obj": who, "value": [{"type": "text", "text": {"content": words_of(message)}}]}
