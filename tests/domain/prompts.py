"""Prompts and endpoints for the tests of dialects."""

import json
from typing import Any

from domain.assistant.dialects.words import ApiType, Dialect, Endpoint, Prompt, Script, Turn
from domain.outbound import Call

ASKED = Prompt(
    turns=(
        Turn("system", "你是健康助手"),
        Turn("user", "头疼"),
        Turn("assistant", "多久了？"),
        Turn("user", "三天了😀"),
    ),
    user="u-42",
    reply_id="s-1.4",
)
PICTURE = "https://files.example/a.jpg"
SHOWN = Prompt((Turn("user", "这是什么？", (PICTURE,)), Turn("user", "", ("data:image/png;base64,AAAA",))), "u", "r")


def endpoint(api_type: ApiType, base_url: str = "https://ai.example", model: str | None = "m-1") -> Endpoint:
    return Endpoint(api_type, base_url, "key-123", model)


def call_of(dialect: Dialect, where: Endpoint, prompt: Prompt = ASKED) -> Call:
    call = dialect.call(where, prompt)
    assert not isinstance(call, Script)
    return call


def body_of(call: Call) -> Any:
    return json.loads(call.body)
