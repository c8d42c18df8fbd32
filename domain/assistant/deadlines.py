"""How long an answer may take: to its first word, between two signs of life, and as a whole."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic

from domain.assistant.dialects.failures import TIMEOUT
from domain.assistant.dialects.words import Failure
from domain.assistant.models import ApiConfig


class TooSlow(Exception):
    """A deadline passed."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.failure: Failure = TIMEOUT.failure(what)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds with one provider: to its first word, between two signs of life once it has begun, and over all."""

    first_word_s: float
    idle_s: float
    whole_s: float


def patience_with(config: ApiConfig) -> Patience:
    times_ms = (config.first_token_timeout_ms, config.idle_timeout_ms, config.timeout_ms)
    return Patience(*(time_ms / 1000 for time_ms in times_ms))


async def in_time(
    answer: AsyncGenerator[str, None], patience: Patience, *, first_word_by: float
) -> AsyncGenerator[str, None]:
    """The same pieces. A sign of life ("") re-arms only the idle timer. Raises TooSlow."""
    began = monotonic()
    limits = {
        "the first word": min(first_word_by, began + patience.first_word_s),
        "the whole answer": began + patience.whole_s,
    }
    async with aclosing(answer):
        while (piece := await _next(answer, limits)) is not None:
            limits["the next sign of life"] = monotonic() + patience.idle_s
            if piece:
                limits.pop("the first word", None)
                yield piece


async def _next(answer: AsyncGenerator[str, None], limits: dict[str, float]) -> str | None:
    """None at the end."""
    what = min(limits, key=limits.__getitem__)
    try:
        async with asyncio.timeout(max(limits[what] - monotonic(), 0)):
            return await anext(answer, None)
    except TimeoutError:
        raise TooSlow(f"{what} took too long") from None
