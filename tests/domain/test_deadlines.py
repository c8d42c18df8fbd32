"""How long an answer may take…"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import closing
from time import monotonic

import pytest

from domain.assistant.deadlines import Alarm, Patience, TooSlow, in_time

Piece = tuple[float, str]
"""Seconds of silence, and what is said then."""


async def said(*pieces: Piece) -> AsyncGenerator[str, None]:
    for pause_s, text in pieces:
        await asyncio.sleep(pause_s)
        yield text


async def heard(pieces: list[Piece], patience: Patience, first_word_s: float = 9.0) -> tuple[str, str]:
    """What came, and what took too long, if anything did."""
    text = ""
    try:
        async for piece in in_time(said(*pieces), patience, first_word_by=monotonic() + first_word_s):
            text += piece
    except TooSlow as slow:
        return text, f"{slow} ({slow.failure.code.value})"
    return text, ""


CALM = Patience(first_word_s=9, idle_s=9, whole_s=9)
SLOW_START = Patience(first_word_s=0.05, idle_s=9, whole_s=9)
SOON_BORED = Patience(first_word_s=9, idle_s=0.05, whole_s=9)
BRIEF = Patience(first_word_s=9, idle_s=9, whole_s=0.1)
KEEP_ALIVES = [(0.02, "")] * 20


@pytest.mark.parametrize(
    ("pieces", "patience", "outcome"),
    [
        ([(0, "a"), (0.01, "b")], CALM, ("ab", "")),
        ([], CALM, ("", "")),
        ([(1, "a")], SLOW_START, ("", "the first word took too long (UPSTREAM_TIMEOUT)")),
        (KEEP_ALIVES, SLOW_START, ("", "the first word took too long (UPSTREAM_TIMEOUT)")),
        ([(0, "a"), (0.1, "b")], SLOW_START, ("ab", "")),
        ([(0.1, "a"), (1, "b")], SOON_BORED, ("a", "the next sign of life took too long (UPSTREAM_TIMEOUT)")),
        ([(0, "a"), *KEEP_ALIVES[:5], (0, "b")], SOON_BORED, ("ab", "")),
        ([(0.02, "a")] * 20, BRIEF, (None, "the whole answer took too long (UPSTREAM_TIMEOUT)")),
        (KEEP_ALIVES, BRIEF, ("", "the whole answer took too long (UPSTREAM_TIMEOUT)")),
    ],
)
async def test_is_held_to_each_deadline(
    pieces: list[Piece], patience: Patience, outcome: tuple[str | None, str]
) -> None:
    text, what = await heard(pieces, patience)
    assert what == outcome[1]
    assert outcome[0] is None or text == outcome[0]


async def test_counts_from_the_question_over_all_providers() -> None:
    assert await heard([(1, "a")], CALM, first_word_s=0.05) == ("", "the first word took too long (UPSTREAM_TIMEOUT)")
    assert await heard([(1, "a")], CALM, first_word_s=-1) == ("", "the first word took too long (UPSTREAM_TIMEOUT)")


async def test_leaves_the_task_as_it_was() -> None:
    assert await heard([(1, "a")], SLOW_START) == ("", "the first word took too long (UPSTREAM_TIMEOUT)")
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_lets_others_cancel_even_as_the_alarm_rings() -> None:
    with closing(Alarm()) as alarm:
        waiting = asyncio.create_task(alarm.wait(asyncio.Event().wait(), monotonic() + 9))
        await asyncio.sleep(0)
        alarm._ring()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_never_ends_what_whoever_listens_does() -> None:
    """The limits are the provider's: the time in which pieces are handed on is not its own."""
    async for _ in in_time(said((0, "a")), SOON_BORED, first_word_by=monotonic() + 9):
        await asyncio.sleep(0.1)
