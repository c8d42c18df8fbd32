"""How long an answer may take: to its first word, between two signs of life, and as a whole."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing, closing
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from domain.assistant.dialects.failures import TIMEOUT
from domain.assistant.dialects.words import Failure
from domain.assistant.models import ApiConfig
from domain.timers import Timer

T = TypeVar("T")


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


class Alarm:
    """Ends waits at their limits, as time.monotonic() counts. asyncio.timeout took a tenth of a token's way."""

    def __init__(self) -> None:
        self._timer = Timer(self._ring)
        self._waiting: asyncio.Task[Any] | None = None
        self._has_rung = False

    async def wait(self, awaitable: Awaitable[T], until: float) -> T:
        """One wait at a time. Raises TimeoutError."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only tasks can wait")
        cancelling = task.cancelling()
        self._waiting = task
        self._timer.set(until)
        try:
            return await awaitable
        except asyncio.CancelledError:
            if not self._has_rung or task.uncancel() > cancelling:
                raise
            raise TimeoutError from None
        finally:
            self._waiting = None
            self._timer.clear()

    def close(self) -> None:
        self._timer.close()

    def _ring(self) -> None:
        if self._waiting is not None:
            self._has_rung = True
            self._waiting.cancel()


async def in_time(
    answer: AsyncGenerator[str, None], patience: Patience, *, first_word_by: float
) -> AsyncGenerator[str, None]:
    """The same pieces. A sign of life ("") re-arms only the idle timer. Raises TooSlow."""
    began = monotonic()
    limits = {
        "the first word": min(first_word_by, began + patience.first_word_s),
        "the whole answer": began + patience.whole_s,
    }
    with closing(Alarm()) as alarm:
        async with aclosing(answer):
            while (piece := await _next(answer, limits, alarm)) is not None:
                limits["the next sign of life"] = monotonic() + patience.idle_s
                if piece:
                    limits.pop("the first word", None)
                    yield piece


async def _next(answer: AsyncGenerator[str, None], limits: dict[str, float], alarm: Alarm) -> str | None:
    """None at the end."""
    what = min(limits, key=limits.__getitem__)
    try:
        return await alarm.wait(anext(answer, None), limits[what])
    except TimeoutError:
        raise TooSlow(f"{what} took too long") from None
