"""The parser of server-sent events ..."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.assistant.dialects.sse import EventTooLarge, ServerEvent, SseParser
from tests.domain.answers import pieces

LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
LINES = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30)


def parsed(data: bytes, *cuts: int) -> list[ServerEvent]:
    parser = SseParser()
    return [event for piece in pieces(data, cuts) for event in parser.feed(piece)] + parser.close()


@given(
    events=st.lists(st.tuples(st.lists(LINES, min_size=1, max_size=4), LINES)),
    end=LINE_ENDS,
    cuts=st.lists(st.integers(0, 10_000)),
    bom=st.booleans(),
)
def test_gives_the_same_events_however_the_bytes_are_cut(
    events: list[tuple[list[str], str]], end: str, cuts: list[int], bom: bool
) -> None:
    text = "".join(
        f"event: {name}{end}" + "".join(f"data: {line}{end}" for line in lines) + end for lines, name in events
    )
    expected = [ServerEvent(name, "\n".join(lines).encode()) for lines, name in events]
    assert parsed((b"\xef\xbb\xbf" if bom else b"") + text.encode(), *cuts) == expected


@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300)))
def test_says_the_same_of_any_garbage_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    assert parsed(data, *cuts) == parsed(data)


def test_joins_data_lines_and_takes_one_space_after_the_colon() -> None:
    assert parsed(b"data: a\ndata:b\ndata:  c\ndata\n\n") == [ServerEvent("", b"a\nb\n c\n")]


def test_ignores_comments_ids_retries_and_unknown_fields() -> None:
    assert parsed(b": keep-alive\nid: 7\nretry: 10\nnonsense\nx: y\n\ndata: z\n\n") == [ServerEvent("", b"z")]


def test_forgets_the_name_of_an_event_without_data() -> None:
    assert parsed(b"event: ping\n\ndata: z\n\n") == [ServerEvent("", b"z")]


def test_mixes_line_ends() -> None:
    assert parsed(b"data: a\r\n\r\ndata: b\r\rdata: c\n\n") == [
        ServerEvent("", b"a"),
        ServerEvent("", b"b"),
        ServerEvent("", b"c"),
    ]


def test_gives_an_event_at_its_blank_line_although_a_line_feed_may_still_follow() -> None:
    parser = SseParser()
    assert parser.feed(b"data: a\r\r") == [ServerEvent("", b"a")]
    assert parser.feed(b"\ndata: b\r\n\r\n") == [ServerEvent("", b"b")]


def test_keeps_the_last_event_of_a_body_that_ends_without_a_blank_line() -> None:
    assert parsed(b"data: a\n\ndata: [DONE]") == [ServerEvent("", b"a"), ServerEvent("", b"[DONE]")]


@pytest.mark.parametrize("chunk", [b"data: " + b"x" * 120, b"data: xxxxxxxxxxxxxxxxxxxx\n" * 6])
def test_refuses_an_event_beyond_its_limit_in_one_line_or_in_many(chunk: bytes) -> None:
    with pytest.raises(EventTooLarge):
        SseParser(limit=100).feed(chunk)


def test_takes_any_number_of_events_within_the_limit() -> None:
    assert len(SseParser(limit=100).feed(b"data: xxxxxxxxxx\n\n" * 1000)) == 1000
