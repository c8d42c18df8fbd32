"""Treasure books."""

from datetime import datetime

import strawberry

from compiled.fields import computed
from resolvers import books
from resolvers.permissions import Admin
from schema.files import File
from schema.paging import PageInfo


@strawberry.type(description="Something to read that admins have published.")
class TreasureBook:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    title: str = strawberry.field(description="Its title.")
    file_url = computed(
        books.file_url,
        graphql_type=str | None,
        description="Where to read it: its address, or that of its file, signed when read and good for ten minutes.",
    )
    file: File | None = strawberry.field(description="What to read; null where it lies at an address elsewhere.")
    summary: str | None = strawberry.field(description="What it is about.")
    category: str | None = strawberry.field(description="Where it belongs.")
    position: int = strawberry.field(description="Lower ones come first, and the newer of two with the same.")
    published: bool = strawberry.field(description="False: a draft, for admins only.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="A book in its page.")
class TreasureBookEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: TreasureBook = strawberry.field(description="The book.")


@strawberry.type(description="A page of books, in the order that admins gave them.")
class TreasureBookConnection:
    edges: list[TreasureBookEdge] = strawberry.field(description="Books with their cursors.")
    nodes: list[TreasureBook] = strawberry.field(description="The books alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class BookQuery:
    treasure_books = strawberry.field(
        resolver=books.treasure_books,
        graphql_type=TreasureBookConnection,
        description="For everybody: what is published; admins see drafts, too.",
    )
    treasure_book = strawberry.field(
        resolver=books.treasure_book, graphql_type=TreasureBook | None, description="For everybody: one book."
    )


@strawberry.type
class BookMutation:
    create_treasure_book = strawberry.mutation(
        resolver=books.create_treasure_book,
        graphql_type=TreasureBook,
        description="For admins: add a book, with a file or an address.",
        permission_classes=[Admin],
    )
    update_treasure_book = strawberry.mutation(
        resolver=books.update_treasure_book,
        graphql_type=TreasureBook,
        description="For admins: change, publish, withdraw or move a book.",
        permission_classes=[Admin],
    )
    delete_treasure_book = strawberry.mutation(
        resolver=books.delete_treasure_book,
        graphql_type=strawberry.ID,
        description="For admins: delete a book, and its file with it.",
        permission_classes=[Admin],
    )
