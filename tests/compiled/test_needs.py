"""What is read of an object is what a selection looks at."""

from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from graphql import OperationDefinitionNode, parse
from strawberry.permission import BasePermission

from compiled.fields import batched, computed, looks_at
from compiled.loading import Loader
from compiled.operations import NOT_MINE, Compiler

BOOK = {"title": "狂人日记", "pages": 30, "author_id": "a1"}
SHELF = {"id": "s1", "name": "left", "width": 80, "stock": "stock"}
STOCK = {"total": 1, "books": [BOOK]}
AUTHOR = {"id": "a1", "name": "鲁迅", "born": 1881}


@looks_at("name")
def label(shelf: Any) -> str:
    return f"[{shelf.name}]"


def measured(shelf: Any) -> str:
    return f"{shelf.width} cm"


@looks_at("name")
def forgetful(shelf: Any) -> str:
    return f"{shelf.name} {shelf.width}"


@looks_at("id", "width")
def stock_key(shelf: Any) -> str:
    return f"{shelf.id}{shelf.width}"


@looks_at("id")
def forgetful_key(shelf: Any) -> str:
    return f"{shelf.id}{shelf.width}"


class Anybody(BasePermission):
    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        return True


class Whoever(Anybody):
    @looks_at("name")
    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        return bool(source.name)


@strawberry.type
class Author:
    id: strawberry.ID
    name: str
    born: int


@strawberry.type
class Book:
    title: str
    pages: int
    author = batched("authors", "author_id", graphql_type=Author, description="Who wrote it.")


@strawberry.type
class Stock:
    total: int
    books: list[Book]


@strawberry.type
class Shelf:
    id: strawberry.ID
    name: str
    width: int
    label = computed(label, graphql_type=str, description="On it.")
    measured = computed(measured, graphql_type=str, description="How wide.")
    forgetful = computed(forgetful, graphql_type=str, description="Says too little.")
    guarded: int = strawberry.field(resolver=lambda root: root.width, permission_classes=[Anybody])
    stock = batched("stocks", stock_key, graphql_type=Stock, description="What stands there.")
    guarded_stock = batched(
        "stocks", stock_key, graphql_type=Stock, description="For some.", permission_classes=[Whoever]
    )
    locked_stock = batched(
        "stocks", stock_key, graphql_type=Stock, description="For some.", permission_classes=[Anybody, Whoever]
    )
    badly = batched("stocks", forgetful_key, graphql_type=Stock, description="Says too little.")
    keeper = batched("authors", "id", graphql_type=Author | None, description="Who looks after it.")


def only_key(_root: None) -> str:
    return "s1"


@strawberry.type
class Query:
    shelf = batched("shelves", only_key, graphql_type=Shelf, description="The shelf.")
    mine = batched("shelves", only_key, graphql_type=Shelf, description="Mine.", permission_classes=[Anybody])


class Loaders:
    """`wanted`: by loader, what was asked for of its values, None for all."""

    def __init__(self) -> None:
        self.wanted: list[tuple[str, set[str] | None]] = []
        self.shelves = self._loader("shelves", SHELF)
        self.stocks = self._loader("stocks", STOCK)
        self.authors = self._loader("authors", AUTHOR)

    def _loader(self, name: str, value: dict[str, Any]) -> Loader[Any, Any]:
        def read(needs: frozenset[str] | None) -> Callable[[Sequence[Any]], Awaitable[list[Any]]]:
            async def read(keys: Sequence[Any]) -> list[Any]:
                self.wanted.append((name, None if needs is None else set(needs)))
                return [lacking(value, needs) for _ in keys]

            return read

        return Loader(read(None), read)


def lacking(value: Any, needs: frozenset[str] | None) -> Any:
    if isinstance(value, list):
        return [lacking(each, needs) for each in value]
    if not isinstance(value, dict):
        return value
    return SimpleNamespace(
        **{name: lacking(each, needs) for name, each in value.items() if needs is None or name in needs}
    )


async def ask(selection: str) -> tuple[Any, dict[str, set[str] | None]]:
    document = parse(f"{{ {selection} }}")
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    operation = Compiler(strawberry.Schema(Query)).compile(document, node)
    assert operation is not None
    context = SimpleNamespace(loaders=Loaders())
    data = await operation(None, context)
    return data, dict(context.loaders.wanted)


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        ("shelf { id }", {"shelves": {"id"}}),
        ("shelf { a: name b: name __typename }", {"shelves": {"name"}}),
        ("mine { id }", {"shelves": {"id"}}),
        ("shelf { label }", {"shelves": {"name"}}),
        ("shelf { id measured }", {"shelves": None}),
        ("shelf { id guarded }", {"shelves": None}),
        ("shelf { name keeper { born } }", {"shelves": {"name", "id"}, "authors": {"born"}}),
        ("shelf { guardedStock { total } }", {"shelves": {"id", "width", "name"}, "stocks": {"total"}}),
        ("shelf { lockedStock { total } }", {"shelves": None, "stocks": {"total"}}),
        ("shelf { stock { total } }", {"shelves": {"id", "width"}, "stocks": {"total"}}),
        ("shelf { stock { books { title } } }", {"shelves": {"id", "width"}, "stocks": {"books", "title"}}),
        (
            "shelf { stock { books { author { name } } } }",
            {"shelves": {"id", "width"}, "stocks": {"books", "author_id"}, "authors": {"name"}},
        ),
        (
            "shelf { keeper { born } stock { books { author { name } } } }",
            {"shelves": {"id", "width"}, "stocks": {"books", "author_id"}, "authors": {"born", "name"}},
        ),
    ],
)
async def test_only_that_is_asked_for(selection: str, wanted: dict[str, set[str] | None]) -> None:
    data, asked = await ask(selection)
    assert data is not NOT_MINE
    assert asked == wanted


@pytest.mark.parametrize("field", ["forgetful", "badly { total }"])
async def test_a_function_that_looks_at_more_than_it_said_never_gets_a_wrong_value(field: str) -> None:
    data, _ = await ask(f"shelf {{ {field} }}")
    assert data is NOT_MINE
