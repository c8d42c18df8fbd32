"""A page of history …"""

from hypothesis import given
from hypothesis import strategies as st

from domain.chat.paging import Bounds, page_of, seq_cursor, span_of
from tests.domain.conversation import message, session

SEQS = st.integers(0, 40)


@given(SEQS, SEQS, st.integers(1, 10))
def test_after_page_walks_forward_over_everything_once(joined: int, more: int, size: int) -> None:
    """Whoever follows endCursor sees what was said since joining, in order, and knows when it is over."""
    room, seen, after = session(last_seq=joined + more, joined_seq=joined), list[int](), None
    while True:
        span = span_of(room, size, after, None, None)
        page = page_of(
            Bounds(room.joined_seq, room.last_seq), span, [message(seq=seq) for seq in range(span.low, span.high + 1)]
        )
        assert page.has_previous_page is bool(seen)
        seen += [node.seq for node in page.nodes]
        if not page.has_next_page:
            break
        after = page.page_info.end_cursor
    assert seen == list(range(joined + 1, joined + more + 1))


@given(SEQS, SEQS, st.integers(1, 10))
def test_before_page_walks_backward_over_everything_once(joined: int, more: int, size: int) -> None:
    room, seen, before = session(last_seq=joined + more, joined_seq=joined), list[int](), None
    while True:
        span = span_of(room, None, None, size, before)
        page = page_of(
            Bounds(room.joined_seq, room.last_seq), span, [message(seq=seq) for seq in range(span.low, span.high + 1)]
        )
        assert page.has_next_page is bool(seen)
        seen = [node.seq for node in page.nodes] + seen
        if not page.has_previous_page:
            break
        before = page.page_info.start_cursor
    assert seen == list(range(joined + 1, joined + more + 1))


@given(SEQS, SEQS, SEQS, SEQS)
def test_between_two_cursors_stays_between_them(joined: int, more: int, after: int, before: int) -> None:
    room = session(last_seq=joined + more, joined_seq=joined)
    span = span_of(room, None, seq_cursor(after), 5, seq_cursor(before))
    seqs = range(span.low, span.high + 1)
    assert all(max(joined, after) < seq < before and seq <= joined + more for seq in seqs)
    assert len(seqs) <= 5
