"""StepFun's vision endpoint (platform.stepfun.com: chat/streaming, image-chat, error codes)."""

import base64
import binascii
from collections.abc import AsyncIterator
from typing import Any, ClassVar

from tests.standins.chat import Fault, Manner, images_of
from tests.standins.http import Exchange
from tests.standins.openai import OpenAI, usage

MOST_IMAGES = 60
IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
TOKENS = {"low": 400, "high": 1500}


class StepFun(OpenAI):
    """`fetchable`: the addresses it can download; others are as unreachable as a hospital's inner network."""

    name = "StepFun"
    key: ClassVar[str] = "standin-stepfun-key"
    models: ClassVar[tuple[str, ...]] = ("step-1o-turbo-vision", "step-3.7-flash")

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.fetchable: set[str] = set()

    def vendor_error(self, status: int, message: str) -> dict[str, Any]:
        """Neither code nor param."""
        kinds = {401: "invalid_api_key", 402: "insufficient_quota", 429: "rate_limited", 451: "censorship_blocked"}
        kind = kinds.get(status, "request_params_invalid" if status < 500 else "engine_overloaded")
        return {"error": {"message": message or kind, "type": kind}}

    def refusal(self, body: dict[str, Any]) -> tuple[int, str] | None:
        if body.get("model") not in self.models:
            return 400, f"model {body.get('model')} not found"
        images = [image for message in body["messages"] for image in images_of(message)]
        if len(images) > MOST_IMAGES:
            return 400, f"too many images: {len(images)} > {MOST_IMAGES}"
        return next((problem for image in images if (problem := self._image_problem(image["url"]))), None)

    def _image_problem(self, url: str) -> tuple[int, str] | None:
        if not url.startswith("data:"):
            return None if url in self.fetchable else (400, "image could not be downloaded")
        head, _, encoded = url.partition(",")
        try:
            data = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            return 400, "image base64 could not be decoded"
        known = head.endswith(";base64") and data.startswith(IMAGE_STARTS)
        return None if known else (400, "unsupported image format")

    async def chunks(
        self, exchange: Exchange, manner: Manner, text: str, body: dict[str, Any]
    ) -> AsyncIterator[dict[str, Any]]:
        """`role` and `finish_reason` are "" until the end; usage stands in every chunk, growing."""
        said = ""
        if manner.reasoning:
            yield self._step(body, said, {"role": "", "reasoning": manner.reasoning, "content": ""})
        async for piece in self.pieces(exchange, manner, text):
            said += piece
            yield self._step(body, said, {"role": "", "content": piece})
        if manner.fault is not Fault.NO_END:
            yield self._step(body, said, {"role": "", "content": ""}, "stop")

    def _step(self, body: dict[str, Any], said: str, delta: dict[str, Any], end: str = "") -> dict[str, Any]:
        images = [image for message in body["messages"] for image in images_of(message)]
        tokens = sum(TOKENS[image.get("detail", "low")] for image in images)
        return {**self.chunk(body, delta, end), "usage": usage(body, said, tokens)}
