"""Thinking that comes inside the answer: servers without a reasoning parser send `<think>...</think>` ahead of it."""

from collections.abc import Iterator
from enum import Enum

from domain.assistant.dialects.words import Event, Reasoning, Text

OPEN = "<think>"
CLOSE = "</think>"


class Place(Enum):
    START = 0
    INSIDE = 1
    BETWEEN = 2
    ANSWER = 3


class Thoughts:
    """Parts the two, however the pieces are cut. Only at the very start: later such a tag is part of the answer."""

    def __init__(self) -> None:
        self._place = Place.START
        self._held = ""

    def split(self, piece: str) -> Iterator[Event]:
        text = self._held + piece
        self._held = ""
        if self._place is Place.START:
            text = self._begin(text)
        if self._place is Place.INSIDE:
            thought, text = self._think(text)
            if thought:
                yield Reasoning(thought)
        if self._place is Place.BETWEEN:
            text = text.lstrip()
            self._place = Place.ANSWER if text else Place.BETWEEN
        if self._place is Place.ANSWER and text:
            yield Text(text)

    def rest(self) -> Iterator[Event]:
        """What was held because a tag might have begun there."""
        held, self._held = self._held, ""
        if held:
            yield Reasoning(held) if self._place is Place.INSIDE else Text(held)

    def _begin(self, text: str) -> str:
        start = text.lstrip()
        if OPEN.startswith(start):
            self._held = text
            return ""
        if start.startswith(OPEN):
            self._place = Place.INSIDE
            return start.removeprefix(OPEN)
        self._place = Place.ANSWER
        return text

    def _think(self, text: str) -> tuple[str, str]:
        """The thought, and what comes after its end."""
        thought, closed, after = text.partition(CLOSE)
        if closed:
            self._place = Place.BETWEEN
            return thought, after
        held = next((size for size in range(len(CLOSE) - 1, 0, -1) if text.endswith(CLOSE[:size])), 0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held], ""
