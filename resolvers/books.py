"""Treasure books: one call of the domain a field."""

from typing import Annotated, Any
from uuid import UUID

import strawberry

from domain.books.models import BookFilter, TreasureBook
from domain.paging import DEFAULT_PAGE, Page
from resolvers.context import Context, Info
from resolvers.inputs import either, given

LINK_S = 600
NAMES = {"file_url": "link"}


@strawberry.input(description="A book. In updates, what is left out stays as it is.")
class TreasureBookInput:
    title: str | None = strawberry.field(default=strawberry.UNSET, description="1 to 200 characters.")
    file_url: str | None = strawberry.field(
        default=strawberry.UNSET, description="An https address; takes the place of a file."
    )
    file_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A READY file of the caller with purpose TREASURE_BOOK; takes the place of an address.",
    )
    summary: str | None = strawberry.field(default=strawberry.UNSET, description="At most 2,000 characters.")
    category: str | None = strawberry.field(default=strawberry.UNSET, description="At most 50 characters.")
    position: int | None = strawberry.field(
        default=strawberry.UNSET, description="Lower ones come first; 0 when a new one does not say."
    )
    published: bool | None = strawberry.field(
        default=strawberry.UNSET, description="False: only admins see it. A new one is published unless it says no."
    )

    def changes(self) -> dict[str, Any]:
        return {NAMES.get(name, name): value for name, value in given(self).items()}


Category = Annotated[str | None, strawberry.argument(description="Only of this category.")]
Words = Annotated[str | None, strawberry.argument(description="Only those with these words in title or summary.")]


async def treasure_books(
    info: Info,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
    category: Category = None,
    text: Words = None,
) -> Page[TreasureBook]:
    viewer, wanted = info.context.viewer_or_none, BookFilter(category, text)
    return await info.context.services.books.page(viewer, wanted, first=either(first, DEFAULT_PAGE), after=after)


async def treasure_book(info: Info, id: strawberry.ID) -> TreasureBook:
    return await info.context.services.books.book(info.context.viewer_or_none, id)


async def create_treasure_book(info: Info, input: TreasureBookInput) -> TreasureBook:
    return await info.context.services.books.create(info.context.viewer, input.changes())


async def update_treasure_book(info: Info, id: strawberry.ID, input: TreasureBookInput) -> TreasureBook:
    return await info.context.services.books.update(info.context.viewer, id, input.changes())


async def delete_treasure_book(info: Info, id: strawberry.ID) -> UUID:
    return await info.context.services.books.delete(info.context.viewer, id)


def file_url(book: TreasureBook, context: Context) -> str | None:
    if book.file is None:
        return book.link
    return context.absolute(context.services.files.url(book.file, LINK_S, None))
