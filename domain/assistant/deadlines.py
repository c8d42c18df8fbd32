"""How long an answer may take: to its first word, between two signs of life, and as a whole."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic

from domain.assistant.dialects.failures import TIMEOUT
from domain.assistant.dialects.words import Failure


class TooSlow(Exception):
    """A deadline passed."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.failure: Failure = TIMEOUT.failure(what)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `question_s` is from the question to the first word over all providers together."""

    first_word_s: float = 15.0
    idle_s: float = 15.0
    question_s: float = 30.0


async def in_time(
    answer: AsyncGenerator[str, None], patience: Patience, *, first_word_by: float, whole_s: float
) -> AsyncGenerator[str, None]:
    """The same pieces. A sign of life ("") re-arms only the idle timer. Raises TooSlow."""
    began = monotonic()
    first_by = min(first_word_by, began + patience.first_word_s)
    whole_by = began + whole_s
    spoken = False
    async with aclosing(answer):
        while True:
            idle_by = monotonic() + patience.idle_s
            limits = [(whole_by, "the whole answer"), (idle_by, "the next sign of life")]
            if not spoken:
                limits.append((first_by, "the first word"))
            by, what = min(limits)
            piece = await _next(answer, by, what)
            if piece is None:
                return
            if piece:
                spoken = True
                yield piece


async def _next(answer: AsyncGenerator[str, None], by: float, what: str) -> str | None:
    """None at the end."""
    left = by - monotonic()
    try:
        async with asyncio.timeout(max(left, 0)):
            return await anext(answer, None)
    except TimeoutError:
        raise TooSlow(f"{what} took too long") from None
