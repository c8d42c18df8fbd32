"""Turns as the `messages` of an OpenAI-shaped request."""

from collections.abc import Callable
from typing import Any

from domain.assistant.dialects.texts import clean
from domain.assistant.dialects.words import Prompt, Turn

ImagePart = Callable[[str], dict[str, Any]]


def image_part(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def messages(prompt: Prompt, image: ImagePart = image_part) -> list[dict[str, Any]]:
    """Turns that say nothing are left out: servers refuse them."""
    return [{"role": turn.role, "content": _content(turn, image)} for turn in spoken(prompt)]


def spoken(prompt: Prompt) -> list[Turn]:
    return [turn for turn in prompt.turns if turn.text.strip() or turn.image_urls]


def _content(turn: Turn, image: ImagePart) -> str | list[dict[str, Any]]:
    text = clean(turn.text)
    if not turn.image_urls:
        return text
    words = [{"type": "text", "text": text}] if text.strip() else []
    return [*words, *map(image, turn.image_urls)]


def bearer(api_key: str) -> dict[str, str]:
    """Local servers want no key, and an empty one may not be sent."""
    key = api_key.strip().removeprefix("Bearer ")
    return {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {key}"} if key else {})
