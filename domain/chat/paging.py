"""Pages of a conversation. Because seq has no gaps, a page is arithmetic: the span of seqs to read."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.chat.models import ChatSession, Listing, Message, SessionKind, Span
from domain.errors import BadUserInput
from domain.moments import from_microseconds, microseconds
from domain.paging import DEFAULT_PAGE, MAX_PAGE, Page, bad_cursor, decode_cursor, encode_cursor, page_size


def seq_cursor(seq: int) -> str:
    return encode_cursor(seq)


def span_of(session: ChatSession, first: int | None, after: str | None, last: int | None, before: str | None) -> Span:
    """The newest page unless `first` or `after` asks for a page onward. Raises BadUserInput."""
    if first is not None and last is not None:
        raise BadUserInput("first 和 last 不能同时使用", "Use either first or last, not both.", field="first")
    floor, ceiling = session.joined_seq, session.last_seq
    if after is not None:
        floor = max(floor, _seq(after, "after"))
    if before is not None:
        ceiling = min(ceiling, _seq(before, "before") - 1)
    if first is not None or (after is not None and last is None):
        size = page_size(first if first is not None else DEFAULT_PAGE, field="first", most=MAX_PAGE)
        return Span(session.member_id, session.id, floor + 1, min(ceiling, floor + size))
    size = page_size(last if last is not None else DEFAULT_PAGE, field="last", most=MAX_PAGE)
    return Span(session.member_id, session.id, max(floor, ceiling - size) + 1, ceiling)


def listing_of(member_id: UUID, kind: SessionKind | None, archived: bool, first: int, after: str | None) -> Listing:
    """Raises BadUserInput."""
    return Listing(member_id, kind, archived, page_size(first), _place(after))


def session_cursor(session: ChatSession) -> str:
    return encode_cursor(int(session.pinned), microseconds(session.updated_at), str(session.id))


def _place(cursor: str | None) -> tuple[bool, datetime, UUID] | None:
    if cursor is None:
        return None
    pinned, moment, session_id = decode_cursor(cursor, int, int, str)
    try:
        return bool(pinned), from_microseconds(int(moment)), UUID(str(session_id))
    except (ValueError, OverflowError) as error:
        raise bad_cursor() from error


class Bounds(NamedTuple):
    """Between which seqs somebody may read a session: after `joined_seq`, up to `last_seq`."""

    joined_seq: int
    last_seq: int


def page_of(bounds: Bounds, span: Span, messages: list[Message]) -> Page[Message]:
    """`messages`: those of the span, by seq."""
    return Page(messages, message_cursor, span.high < bounds.last_seq, span.low > bounds.joined_seq + 1)


def message_cursor(message: Message) -> str:
    return seq_cursor(message.seq)


def _seq(cursor: str, field: str) -> int:
    (seq,) = decode_cursor(cursor, int, field=field)
    if not isinstance(seq, int) or not 0 <= seq < 2**31:
        raise bad_cursor(field)
    return seq
