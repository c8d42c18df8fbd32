"""The toy schema."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from strawberry.permission import PermissionExtension
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.types.scalar import ScalarDefinition

from compiled.fields import batched
from schema.scalars import SCALARS
from tests.compiled import toy
from tests.compiled.toy import Mood
from tests.compiled.toy_context import Context
from tests.compiled.toy_types import Blank, Info, IsAdmin, MayAsk, Node, Person, Photo, Post


@strawberry.input
class Range:
    low: int = 0
    high: int | None = None


@strawberry.input
class Filter:
    text: str
    moods: list[Mood] | None = None
    ages: Range | None = strawberry.UNSET
    ranges: list[Range] = strawberry.field(default_factory=lambda: [Range(low=1)])
    since: datetime | None = None
    also: "Filter | None" = None


@strawberry.input(one_of=True)
class Key:
    id: strawberry.ID | None = strawberry.UNSET
    name: str | None = strawberry.UNSET


def person_key(_root: None, id: strawberry.ID) -> str:
    if not id.startswith("p"):
        raise GraphQLError("malformed id")
    return id


def post_key(_root: None, id: strawberry.ID) -> str:
    return id


def me_key(_root: None, context: Context) -> str | None:
    return {"admin": "p1", "user": "p2"}.get(context.role)


async def search(info: Info, filter: Filter, limit: int = 5) -> list[Any]:
    await asyncio.sleep(0)
    if filter.text == "boom":
        raise GraphQLError(repr(filter))
    wanted = [each for each in toy.PEOPLE[:limit] if not filter.moods or each.mood in filter.moods]
    return [*wanted, *toy.POSTS[: filter.ranges[0].low]]


def by_key(key: Key) -> str:
    return repr(key)


def echo(  # noqa: PLR0917
    text: str = "t",
    number: int | None = None,
    share: float = 0.5,
    mood: Mood = Mood.GLOOMY,
    moods: list[Mood] | None = None,
    value: JSON | None = None,
    at: datetime | None = None,
    id: strawberry.ID | None = None,
    flag: bool = True,
    range: Annotated[Range | None, strawberry.argument(name="between")] = None,
) -> str:
    return repr((text, number, share, mood, moods, value, at, id, flag, range))


def plain(
    number: int | None = 5, share: float | None = 0.5, mood: Mood | None = Mood.MERRY, id: strawberry.ID | None = None
) -> str:
    return repr((number, share, mood, id))


async def first_people(info: Info, first: int = 4) -> list[toy.Person]:
    return toy.PEOPLE[:first]


async def ticking() -> Any:
    yield toy.POSTS[0]


def _field(**options: Any) -> Any:
    return strawberry.field(description="A field.", **options)


@strawberry.type
class Query:
    me = batched("people", me_key, graphql_type=Person | None, description="The caller.")
    person = batched("people", person_key, graphql_type=Person | None, description="By id.")
    post = batched("posts", post_key, graphql_type=Post | None, description="By id.")
    sure_person = batched("people", person_key, graphql_type=Person, description="By id.")
    secret_person = batched(
        "people", person_key, graphql_type=Person | None, description="For admins.", permission_classes=[IsAdmin]
    )
    everybody = _field(resolver=first_people, graphql_type=list[Person])
    anybody = _field(resolver=first_people, graphql_type=list[Person | None] | None, permission_classes=[MayAsk])
    search = _field(resolver=search, graphql_type=list[Node])
    by_key = _field(resolver=by_key, graphql_type=str | None)
    echo = _field(resolver=echo, graphql_type=str | None)
    plain = _field(resolver=plain, graphql_type=str)
    silent = _field(
        resolver=first_people,
        graphql_type=list[Person] | None,
        extensions=[PermissionExtension([IsAdmin()], fail_silently=True)],
    )
    posts: list[Post] = _field(resolver=lambda: toy.POSTS[:12])
    some_posts: list[Post | None] | None = _field(resolver=lambda: toy.POSTS)
    now: datetime = _field(resolver=lambda: toy.NOON)


@strawberry.type
class Subscription:
    posted = strawberry.subscription(resolver=ticking, graphql_type=Post, description="New ones.")


def written_as_null(_value: object) -> None:
    return None


blank = strawberry.scalar(name="Blank", serialize=written_as_null, parse_value=str)
scalars: dict[object, ScalarDefinition] = {Blank: blank, datetime: SCALARS[datetime]}
schema = strawberry.Schema(Query, subscription=Subscription, types=[Photo], config=StrawberryConfig(scalar_map=scalars))
