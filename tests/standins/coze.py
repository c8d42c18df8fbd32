"""Coze's `/v3/chat` (coze-dev/coze-py, cozepy/chat and its test data): no space after the colon."""

import json
from typing import Any, ClassVar

from tests.standins.chat import Broken, ChatStandIn, EventWriter, Fault, Manner, bearer, js_json, repeated
from tests.standins.http import Exchange, Request

CONVERSATION = "7381473525342978089"
CHAT = "7382159487131697202"
MESSAGE = "7382159494123470858"
CODES = {400: 4000, 401: 4100, 403: 4101, 404: 4015, 429: 4028}
FOLLOW_UP = "有什么需要注意的吗？"


class Coze(ChatStandIn):
    name = "Coze"
    key: ClassVar[str] = "pat_standin_coze_key"
    bots: ClassVar[tuple[str, ...]] = ("7379462189365198898",)

    @property
    def base_url(self) -> str:
        return self.url

    def vendor_error(self, status: int, message: str) -> dict[str, Any]:
        code = CODES.get(status, 5000)
        return {"code": code, "msg": message or f"error {code}"}

    def error_event(self, manner: Manner) -> bytes:
        failed = {"id": CHAT, "status": "failed", "last_error": self.vendor_error(manner.status, manner.message)}
        return f"event:conversation.chat.failed\ndata:{js_json(failed)}\n\n".encode()

    async def handle(self, request: Request, exchange: Exchange) -> None:
        body = request.json() if request.body else {}
        if bearer(request) != self.key:
            await exchange.answer_json(401, {"code": 4100, "msg": "authentication is invalid"})
        elif request.path != "/v3/chat":
            await exchange.answer_json(404, {"code": 4000, "msg": "not found"})
        elif body.get("bot_id") not in self.bots:
            await exchange.answer_json(200, {"code": 4015, "msg": "The bot is not published to the API channel"})
        else:
            await self._chat(body, exchange)

    async def _chat(self, body: dict[str, Any], exchange: Exchange) -> None:
        messages = body["additional_messages"]
        asked = _words(messages[-1])
        manner = self.next_manner(asked)
        if await self.misbehave(exchange, manner):
            return
        text = repeated("Coze", asked, len(messages)) if manner.text is None else manner.text
        if not manner.streams:
            data = {"id": CHAT, "conversation_id": CONVERSATION, "status": "in_progress"}
            await exchange.answer_json(200, {"code": 0, "msg": "", "data": data})
            return
        await exchange.begin(200, {"Content-Type": "text/event-stream", "x-tt-logid": "20240619standin"})
        await self._stream(body["bot_id"], exchange, manner, "" if manner.fault is Fault.NO_TEXT else text)

    async def _stream(self, bot: str, exchange: Exchange, manner: Manner, text: str) -> None:
        events = EventWriter(exchange, manner, colon=":")
        await events.event(_chat_state(bot, "created"), "conversation.chat.created")
        await events.event(_chat_state(bot, "in_progress"), "conversation.chat.in_progress")
        try:
            await self._answer(bot, exchange, events, manner, text)
        except Broken:
            if exchange.kept_alive:
                await exchange.finish()
            return
        if manner.fault is not Fault.NO_END:
            await events.event(_chat_state(bot, "completed", len(text)), "conversation.chat.completed")
            await events.event('"[DONE]"', "done")
        await exchange.finish()

    async def _answer(self, bot: str, exchange: Exchange, events: EventWriter, manner: Manner, text: str) -> None:
        if manner.reasoning:
            thought = {**_message(bot, "answer", ""), "reasoning_content": manner.reasoning}
            await events.event(thought, "conversation.message.delta")
        if manner.unknown_events:
            await events.event({"id": "a1", "content": "AAAA"}, "conversation.audio.delta")
        async for piece in self.pieces(exchange, manner, text):
            await events.event(_message(bot, "answer", piece), "conversation.message.delta")
        if text:
            await events.event(_message(bot, "answer", text), "conversation.message.completed")
        finish = json.dumps({"msg_type": "generate_answer_finish", "data": ""})
        await events.event(_message(bot, "verbose", finish, "v1"), "conversation.message.completed")
        await events.event(_message(bot, "follow_up", FOLLOW_UP, "f1"), "conversation.message.completed")


def _chat_state(bot: str, status: str, said: int = 0) -> dict[str, Any]:
    return {
        "id": CHAT,
        "conversation_id": CONVERSATION,
        "bot_id": bot,
        "completed_at": 1718792949,
        "last_error": {"code": 0, "msg": ""},
        "status": status,
        "usage": {"token_count": 14 + said if said else 0, "output_count": said, "input_count": 14 if said else 0},
    }


def _message(bot: str, kind: str, content: str, identity: str = MESSAGE) -> dict[str, Any]:
    return {
        "id": identity,
        "conversation_id": CONVERSATION,
        "bot_id": bot,
        "role": "assistant",
        "type": kind,
        "content": content,
        "content_type": "text",
        "chat_id": CHAT,
    }


def _words(message: dict[str, Any]) -> str:
    if message["content_type"] == "text":
        return str(message["content"])
    parts = json.loads(message["content"])
    return "".join(part["text"] for part in parts if part["type"] == "text")
