"""Keyset pages: what was asked for, what came, and the opaque cursor between the two."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from domain.errors import BadUserInput

T = TypeVar("T")
MAX_PAGE = 100
DEFAULT_PAGE = 20


@dataclass(frozen=True, slots=True)
class Edge(Generic[T]):
    cursor: str
    node: T


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class Page(NamedTuple, Generic[T]):
    """Cursors are made when they are asked for: most clients want only the last. A tuple: many are made."""

    nodes: list[T]
    cursor: Callable[[T], str]
    has_next_page: bool
    has_previous_page: bool

    @property
    def edges(self) -> list[Edge[T]]:
        return [Edge(self.cursor(node), node) for node in self.nodes]

    @property
    def page_info(self) -> PageInfo:
        start, end = (self.cursor(self.nodes[0]), self.cursor(self.nodes[-1])) if self.nodes else (None, None)
        return PageInfo(self.has_next_page, self.has_previous_page, start, end)

    @classmethod
    def of(cls, items: Sequence[T], cursor: Callable[[T], str], *, more: bool, earlier: bool) -> "Page[T]":
        return cls(list(items), cursor, more, earlier)


def page_size(first: int, *, field: str = "first", most: int = MAX_PAGE) -> int:
    """Raises BadUserInput outside 1..most."""
    if not 1 <= first <= most:
        raise BadUserInput(f"每页数量须在 1 到 {most} 之间", f"Page size must be between 1 and {most}.", field=field)
    return first


CursorPart = str | int


def encode_cursor(*parts: CursorPart) -> str:
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type[CursorPart], field: str = "after") -> list[CursorPart]:
    """The parts that `encode_cursor` was given, of exactly these kinds. Raises BadUserInput for anything else."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise bad_cursor(field) from error
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise bad_cursor(field)
    return parts


def bad_cursor(field: str = "after") -> BadUserInput:
    return BadUserInput("无效的游标", "This cursor is not valid.", field=field)
