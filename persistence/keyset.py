"""Keyset paging over any select: the page after a cursor, and whether anything lies on either side of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, select, tuple_

from domain.moments import from_microseconds, microseconds
from domain.paging import bad_cursor, decode_cursor, encode_cursor
from persistence.connection import Reader


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of one page in the order asked for, and what lies around them."""

    rows: Sequence[Sequence[Any]]
    more: bool
    earlier: bool


async def read_slice(
    connection: Reader,
    query: Select[Any],
    order: Sequence[ColumnElement[Any]],
    *,
    limit: int,
    after: Sequence[Any] | None,
    descending: bool = True,
) -> Slice:
    """`order`: columns that are unique together; `after`: their values in the last row already seen."""
    key = tuple_(*order)
    directed = [column.desc() if descending else column.asc() for column in order]
    page = query.order_by(*directed).limit(limit + 1)
    if after is None:
        rows = (await connection.execute(page)).all()
        return Slice(rows[:limit], len(rows) > limit, earlier=False)
    mark = tuple_(*(literal(value, column.type) for value, column in zip(after, order, strict=True)))
    rows = (await connection.execute(page.where(key < mark if descending else key > mark))).all()
    before = select(query.where(key >= mark if descending else key <= mark).exists())
    earlier = bool((await connection.execute(before)).scalar())
    return Slice(rows[:limit], len(rows) > limit, earlier)


def moment_cursor(moment: datetime, row_id: UUID) -> str:
    """For lists in the order of a moment, then of the id."""
    return encode_cursor(microseconds(moment), str(row_id))


def after_moment(cursor: str | None) -> tuple[datetime, UUID] | None:
    """What `moment_cursor` was given. Raises BadUserInput for anything that it could not have made."""
    if cursor is None:
        return None
    count, row_id = decode_cursor(cursor, int, str)
    try:
        return from_microseconds(int(count)), UUID(str(row_id))
    except (ValueError, OverflowError) as error:
        raise bad_cursor() from error
