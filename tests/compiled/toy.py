"""A small world with one of everything that GraphQL knows, faults included."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry


@strawberry.enum
class Mood(Enum):
    MERRY = "m"
    GLOOMY = strawberry.enum_value("g", name="BLUE")
    LIVELY = "l"


@dataclass(frozen=True, slots=True)
class Later:
    """A value to be awaited, where a plain one is expected."""

    value: Any

    def __await__(self) -> Generator[None, None, Any]:
        yield
        return self.value


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    age: int | None
    mood: Mood | None
    height: float | None
    born: date | None
    balance: Decimal
    is_active: bool
    friend_ids: tuple[str, ...]
    best_friend_id: str | None
    settings: dict[str, Any] | None
    pin: str
    grid: list[list[int | None]] | None = None
    nick_names: list[str | None] | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    id: str
    url: str
    width: int | None
    owner_id: str


@dataclass(frozen=True, slots=True)
class Link:
    href: str
    title: str | None
    size: Any = 1


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    author_id: str
    text: str | None
    written_at: datetime
    attachments: list[Photo | Link | None]
    reply_to_id: str | None
    mood: Mood = Mood.MERRY
    cover: Photo | None = None
    nothing: Any = None


@dataclass(frozen=True, slots=True)
class Edge:
    cursor: str
    node: Post


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Page:
    edges: list[Edge]
    page_info: PageInfo

    @property
    def nodes(self) -> list[Post]:
        return [edge.node for edge in self.edges]


DAY = date(1981, 9, 25)
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
EAST = timezone(timedelta(hours=8))


def person(number: int, **changes: Any) -> Person:
    values: dict[str, Any] = {
        "id": f"p{number}",
        "name": f"人 {number}",
        "age": number * 7,
        "mood": list(Mood)[number % 3],
        "height": 1.5 + number / 8,
        "born": DAY,
        "balance": Decimal("12.50") * number,
        "is_active": number % 2 == 0,
        "friend_ids": (f"p{number + 1}", f"p{number + 2}"),
        "best_friend_id": f"p{number - 1}",
        "settings": {"a": [1, None, "x"]},
        "pin": f"00{number}",
        "grid": [[1, None], [], [number]],
        "nick_names": ["a", None],
    }
    return Person(**{**values, **changes})


# What a wrong row does to a result: an illegal null, a value out of range, a value of the wrong kind.
PEOPLE = [
    person(1, best_friend_id=None, age=None, mood=None, height=None, born=None),
    person(2, settings=None, grid=None, nick_names=None),
    person(3, friend_ids=("p1",), best_friend_id="p3", settings=ValueError("as a value")),
    person(4, friend_ids=()),
    person(5, age=2**40, friend_ids=("p1", "p1", "p2"), best_friend_id="p1"),
    person(6, mood="no mood", height=float("nan"), friend_ids=("p1", "p2")),
    person(7, friend_ids=("p1", "gone"), best_friend_id="gone", age="17", height=3, is_active=1),
    person(8, friend_ids=("p2", "fails"), best_friend_id="fails", nick_names=("tuple",)),
    person(9, grid=[[2**33]], nick_names="text", settings=Later({"b": 1}), is_active=Later(True)),
    person(10, friend_ids=("p2", "p3"), best_friend_id="poison"),
    person(11, name=None, friend_ids=("p1", "p11")),
]


def photo(number: int, **changes: Any) -> Photo:
    values = {"id": f"f{number}", "url": f"https://x/{number}", "width": 100 + number, "owner_id": f"p{number}"}
    return Photo(**{**values, **changes})


def post(number: int, **changes: Any) -> Post:
    values: dict[str, Any] = {
        "id": f"t{number}",
        "author_id": f"p{1 + number % 11}",
        "text": f"text {number}",
        "written_at": (NOON if number % 2 else NOON.astimezone(EAST)).replace(minute=number),
        "attachments": [photo(1 + number % 3), Link(f"https://y/{number}", None)],
        "reply_to_id": f"t{number - 1}" if number % 3 else None,
        "cover": photo(2) if number % 2 else None,
    }
    return Post(**{**values, **changes})


POSTS = [
    *(post(number) for number in range(12)),
    post(12, attachments=[None, photo(1)]),
    post(13, cover=Link("https://z", "not a photo"), attachments=[Link("https://z", "t", size="much")], mood=None),
    post(14, attachments=["neither"], reply_to_id="gone"),
    post(15, cover=Later(photo(1)), attachments=None, author_id="gone"),
    post(16, attachments=(photo(1), photo(2)), author_id="p1", nothing="something", cover=photo(1, id=True)),
]
