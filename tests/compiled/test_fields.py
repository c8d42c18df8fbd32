"""A field declared as batched or computed."""

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
import strawberry

from compiled.fields import batched, computed
from compiled.loading import Loader


@dataclass(frozen=True, slots=True)
class Book:
    id: str
    author_id: str | None
    isbn: str


@dataclass(frozen=True, slots=True)
class Writer:
    name: str


@strawberry.type
class Author:
    name: str


def pages_key(book: Book, first: Annotated[int, strawberry.argument(description="How many.")] = 2) -> tuple[str, int]:
    return book.id, first


def masked_isbn(book: Book, keep: int = 3) -> str:
    return book.isbn[:keep] + "*" * (len(book.isbn) - keep)


def my_book(_root: None, context: "Context") -> str:
    return context.viewer


@strawberry.type(name="Book")
class BookType:
    id: strawberry.ID
    author = batched("authors", "author_id", graphql_type=Author | None, description="Who wrote it.")
    pages = batched("pages", pages_key, graphql_type=list[str], description="Its pages.")
    isbn = computed(masked_isbn, graphql_type=str, description="Masked.")


@strawberry.type
class Query:
    mine = batched("books", my_book, graphql_type=BookType | None, description="The caller's book.")


class Loaders:
    def __init__(self) -> None:
        self.seen: list[tuple[str, list[Any]]] = []
        self.books = self.loader("books", {"b1": Book("b1", "a1", "978123"), "b2": Book("b2", None, "978456")})
        self.authors = self.loader("authors", {"a1": Writer("Lu Xun")})
        self.pages: Loader[Any, Any] = Loader(self.read_pages)

    def loader(self, name: str, rows: dict[str, Any]) -> Loader[str, Any]:
        async def read(keys: list[str]) -> list[Any]:
            self.seen.append((name, keys))
            return [rows.get(key) for key in keys]

        return Loader(read)

    async def read_pages(self, keys: list[tuple[str, int]]) -> list[list[str]]:
        self.seen.append(("pages", keys))
        return [[f"{book} {number}" for number in range(first)] for book, first in keys]


@dataclass(frozen=True)
class Context:
    viewer: str
    loaders: Loaders


schema = strawberry.Schema(Query)


async def ask(document: str, viewer: str = "b1") -> tuple[Any, list[tuple[str, list[Any]]]]:
    loaders = Loaders()
    result = await schema.execute(document, context_value=Context(viewer, loaders))
    assert result.errors is None
    return result.data, loaders.seen


async def test_it_reads_through_the_named_loader_with_the_key_of_the_parent() -> None:
    data, seen = await ask("{ mine { id author { name } } }")
    assert data == {"mine": {"id": "b1", "author": {"name": "Lu Xun"}}}
    assert seen == [("books", ["b1"]), ("authors", ["a1"])]


async def test_a_key_of_none_is_null_without_a_load() -> None:
    data, seen = await ask("{ mine { author { name } } }", viewer="b2")
    assert data == {"mine": {"author": None}}
    assert seen == [("books", ["b2"])]


async def test_the_parameters_of_the_key_function_are_the_arguments_of_the_field() -> None:
    data, seen = await ask("{ mine { pages few: pages(first: 1) } }")
    assert data == {"mine": {"pages": ["b1 0", "b1 1"], "few": ["b1 0"]}}
    assert seen[1] == ("pages", [("b1", 2), ("b1", 1)])


async def test_a_computed_field_is_a_plain_call() -> None:
    data, _ = await ask("{ mine { isbn more: isbn(keep: 5) } }")
    assert data == {"mine": {"isbn": "978***", "more": "97812*"}}


def test_the_printed_schema_shows_the_arguments_with_defaults_and_descriptions() -> None:
    printed = schema.as_str()
    assert '"""Its pages."""\n  pages(\n    """How many."""\n    first: Int! = 2\n  ): [String!]!' in printed
    assert '"""Masked."""\n  isbn(keep: Int! = 3): String!' in printed
    assert '"""The caller\'s book."""\n  mine: Book' in printed


def test_a_computed_field_refuses_a_coroutine_function() -> None:
    async def slow(book: Book) -> str:
        return book.id

    with pytest.raises(TypeError, match="synchronous"):
        computed(slow, graphql_type=str, description="Never.")


def test_a_context_that_is_not_the_second_parameter_is_refused() -> None:
    def late(book: Book, first: int, context: Context) -> str:
        return f"{book.id}{first}{context.viewer}"

    with pytest.raises(TypeError, match="second parameter"):
        batched("books", late, graphql_type=str, description="Never.")
