"""A cursor …"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadUserInput
from domain.paging import decode_cursor, encode_cursor

PARTS = st.lists(st.one_of(st.integers(-(2**62), 2**62), st.text(max_size=20)), min_size=1, max_size=4)


@given(PARTS)
def test_gives_back_what_it_was_made_of(parts: list[str | int]) -> None:
    assert decode_cursor(encode_cursor(*parts), *(type(part) for part in parts)) == parts


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda raw: raw.decode("latin-1"))))
def test_that_nobody_gave_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        parts = decode_cursor(text, int, str)
    except BadUserInput:
        return
    assert [type(part) for part in parts] == [int, str]


@pytest.mark.parametrize("parts", [(1,), ("1", 1), (1, "1", 1), (True, "x")])
def test_of_another_kind_is_refused(parts: tuple[str | int, ...]) -> None:
    with pytest.raises(BadUserInput):
        decode_cursor(encode_cursor(*parts), int, str)
