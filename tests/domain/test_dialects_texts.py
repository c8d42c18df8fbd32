"""Text from vendors ..."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assistant.dialects.texts import Joiner, clean, clipped
from domain.assistant.dialects.thoughts import Thoughts
from domain.assistant.dialects.words import Reasoning, Text


def utf16_units(text: str) -> str:
    """The text as JavaScript holds it: one character a UTF-16 unit."""
    data = text.encode("utf-16-be")
    return "".join(chr(int.from_bytes(data[at : at + 2])) for at in range(0, len(data), 2))


@given(text=st.text(), size=st.integers(1, 3))
def test_is_joined_where_a_pair_of_surrogates_was_cut(text: str, size: int) -> None:
    units = utf16_units(text)
    joiner = Joiner()
    joined = "".join(joiner.push(units[at : at + size]) for at in range(0, len(units), size)) + joiner.flush()
    assert joined == text.replace("\0", "")


@given(texts=st.lists(st.text(st.characters())))
def test_is_always_fit_to_be_stored(texts: list[str]) -> None:
    joiner = Joiner()
    joined = "".join(map(joiner.push, texts)) + joiner.flush()
    assert joined.encode().decode() == joined
    assert "\0" not in joined


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [("a\ud83d", "a\ufffd"), ("\ude00b", "\ufffdb"), ("\ud83d\0\ude00", "😀"), ("\ude00\ud83d", "\ufffd\ufffd")],
)
def test_has_lone_surrogates_replaced_and_nulls_removed(given_text: str, expected: str) -> None:
    assert clean(given_text) == expected
    joiner = Joiner()
    assert joiner.push(given_text) + joiner.flush() == expected


def test_is_clipped_with_an_ellipsis_only_where_something_is_missing() -> None:
    assert clipped(" 一二三四五 ", 5) == "一二三四五"
    assert clipped("一二三四五六", 5) == "一二三四…"


@given(
    thought=st.text().filter(lambda text: "</think>" not in text),
    answer=st.text().filter(lambda text: text == text.lstrip()),
    size=st.integers(1, 9),
)
def test_is_parted_from_the_thinking_ahead_of_it_however_it_is_cut(thought: str, answer: str, size: int) -> None:
    whole = f"\n<think>{thought}</think>\n\n{answer}"
    thoughts = Thoughts()
    events = [event for at in range(0, len(whole), size) for event in thoughts.split(whole[at : at + size])]
    events += thoughts.rest()
    assert "".join(event.text for event in events if isinstance(event, Reasoning)) == thought
    assert "".join(event.text for event in events if isinstance(event, Text)) == answer


@given(text=st.text().filter(lambda text: not text.lstrip().startswith("<think>")), size=st.integers(1, 9))
def test_without_thinking_ahead_stays_as_it_is(text: str, size: int) -> None:
    thoughts = Thoughts()
    events = [event for at in range(0, len(text), size) for event in thoughts.split(text[at : at + size])]
    assert [Text("".join(event.text for event in [*events, *thoughts.rest()] if isinstance(event, Text)))] == [
        Text(text)
    ]
