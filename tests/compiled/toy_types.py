"""The types of the toy schema: every kind of field, every kind of nullability."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.scalars import JSON

from compiled.fields import batched, computed
from tests.compiled import toy
from tests.compiled.toy import Mood
from tests.compiled.toy_context import Context

Info = strawberry.Info[Context, None]


class IsAdmin(BasePermission):
    message = "admins only"
    error_extensions = {"code": "FORBIDDEN"}  # noqa: RUF012

    def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        return bool(info.context.role == "admin")


class MayAsk(BasePermission):
    message = "not about this one"

    async def has_permission(self, source: Any, info: strawberry.Info, **kwargs: Any) -> bool:
        await asyncio.sleep(0)
        return getattr(source, "id", "") != "p6" and kwargs.get("about", "") != "secrets"


class Upper(FieldExtension):
    def resolve(self, next_: Callable[..., Any], source: Any, info: strawberry.Info, **kwargs: Any) -> Any:
        return str(next_(source, info, **kwargs)).upper()


def _is(kind: type) -> Callable[[Any, Any], bool]:
    return lambda value, _info: isinstance(value, kind)


def _field(**options: Any) -> Any:
    return strawberry.field(description="A field.", **options)


@strawberry.interface(description="Has an id.")
class Node:
    id: strawberry.ID


@strawberry.type
class Photo(Node):
    url: str
    width: int | None
    owner = batched("people", "owner_id", graphql_type="Person", description="Whose it is.")
    is_type_of = _is(toy.Photo)


@strawberry.type
class Link:
    href: str
    title: str | None
    size: int
    is_type_of = _is(toy.Link)


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge:
    cursor: str
    node: "Post"


@strawberry.type
class Page:
    edges: list[Edge]
    nodes: list["Post"]
    page_info: PageInfo


Blank = NewType("Blank", str)
Attachment = Annotated[Photo | Link, strawberry.union("Attachment", description="What hangs on a post.")]


def shout(person: toy.Person, times: int = 1, mark: str | None = "!") -> str:
    if times > 3:
        raise GraphQLError("too loud")
    return person.name + (mark or "") * times


def spoken_to(person: toy.Person, context: Context, polite: bool | None = None) -> str:
    return f"{context.role} {person.id} {polite}"


def page_key(
    person: toy.Person, first: int = 2, moods: list[Mood] | None = None
) -> tuple[str, int, tuple[Mood, ...] | None] | None:
    if first < 0:
        raise GraphQLError("first must not be negative", extensions={"code": "BAD_USER_INPUT"})
    return None if first == 0 else (person.id, first, None if moods is None else tuple(moods))


def masked_pin(person: toy.Person) -> str:
    return "*" * len(person.pin)


async def greeting(root: toy.Person, info: Info, word: str = "hi") -> str:
    await asyncio.sleep(0)
    return f"{word} {root.name} from {info.context.role}, {info.field_name}"


def where(root: toy.Person, info: Info) -> str:
    return ".".join(map(str, info.path.as_list()))


@strawberry.type
class Person(Node):
    name: str
    age: int | None
    mood: Mood | None
    height: float | None
    born: date | None
    balance: Decimal = _field(permission_classes=[MayAsk])
    is_active: bool
    settings: JSON | None
    grid: list[list[int | None]] | None
    nick_names: list[str | None] | None
    pin: str = _field(permission_classes=[IsAdmin])
    masked = computed(masked_pin, graphql_type=str, description="Stars.")
    shout = computed(shout, graphql_type=str | None, description="Loud.")
    spoken_to = computed(spoken_to, graphql_type=str, description="By whom.", permission_classes=[IsAdmin])
    friends = batched("friends", "friend_ids", graphql_type=list["Person"], description="All friends.")
    maybe_friends = batched(
        "friends", "friend_ids", graphql_type=list["Person | None"] | None, description="Those who are there."
    )
    best_friend = batched("people", "best_friend_id", graphql_type="Person | None", description="Or nobody.")
    sure_friend = batched("people", "best_friend_id", graphql_type="Person", description="Never nobody.")
    posts = batched("pages", page_key, graphql_type=Page | None, description="Newest first.")
    secret_posts = batched(
        "pages", page_key, graphql_type=Page | None, description="For some.", permission_classes=[MayAsk, IsAdmin]
    )
    greeting = _field(resolver=greeting, graphql_type=str)
    where = _field(resolver=where, graphql_type=str)
    loud_name: str = _field(name="loudName", resolver=lambda root: root.name, graphql_type=str, extensions=[Upper()])
    is_type_of = _is(toy.Person)


@strawberry.type
class Post(Node):
    text: str
    written_at: datetime
    mood: Mood
    attachments: list[Attachment | None]
    sure_attachments: list[Attachment] = _field(resolver=lambda root: root.attachments)
    cover: Photo | None
    nothing: None
    blank: Blank | None = _field(resolver=lambda root: root.nothing)
    author = batched("people", "author_id", graphql_type=Person, description="Who wrote it.")
    reply_to = batched("posts", "reply_to_id", graphql_type="Post | None", description="What it answers.")
    likes = batched("likes", "id", graphql_type=int, description="How many.")
    about: Node | None = _field(resolver=lambda root: root.cover)
    is_type_of = _is(toy.Post)
