"""Reading books, and what admins do with them."""

from typing import Any
from uuid import UUID

from domain.audit import Target, change
from domain.books.models import MAX_BOOKS, BookFilter, Changes, TreasureBook
from domain.books.ports import BookWork, OpensBookWork
from domain.books.rules import check_search, checked, needed, no_source, no_such_file
from domain.books.shelf import Shelf
from domain.clock import new_id, parse_id
from domain.errors import Conflict, NotFound
from domain.paging import Page, bad_cursor, decode_cursor, encode_cursor, page_size
from domain.viewer import Viewer

Place = tuple[int, int]


class BookService:
    """Reading is for everybody, and drafts for admins; who may write, the schema says."""

    def __init__(self, work: OpensBookWork, shelf: Shelf) -> None:
        self._work = work
        self._shelf = shelf

    def forget(self) -> None:
        """Books have changed in another process."""
        self._shelf.forget()

    async def page(
        self, viewer: Viewer | None, wanted: BookFilter, *, first: int, after: str | None
    ) -> Page[TreasureBook]:
        limit, mark = page_size(first), _place(after)
        check_search(wanted.text, wanted.category)
        all_of_them = BookFilter(wanted.category, wanted.text, drafts=_sees_drafts(viewer))
        found = [book for book in await self._shelf.books() if all_of_them.takes(book)]
        rest = [book for book in found if mark is None or book.place > mark]
        return Page.of(rest[:limit], _cursor, more=len(rest) > limit, earlier=len(rest) < len(found))

    async def book(self, viewer: Viewer | None, book_id: str) -> TreasureBook:
        """Raises NotFound."""
        known = parse_id(book_id)
        for book in await self._shelf.books():
            if book.id == known and (book.published or _sees_drafts(viewer)):
                return book
        raise no_such_book()

    async def create(self, viewer: Viewer, changes: Changes) -> TreasureBook:
        if changes.get("title") is None:
            raise needed("title")
        values = {"position": 0, "published": True, "link": None, "file_id": None, **checked(changes)}
        async with self._work() as work:
            if await work.books.count() >= MAX_BOOKS:
                raise Conflict(f"最多 {MAX_BOOKS} 本", f"At most {MAX_BOOKS} books.")
            await _check_source(work, viewer, values, None, None)
            created = await work.books.add({"id": new_id(), **values})
            target = Target("TreasureBook", created.id)
            await work.audit.add(change(viewer, "createTreasureBook", target, after=_state(created)))
        self._shelf.forget()
        return created

    async def update(self, viewer: Viewer, book_id: str, changes: Changes) -> TreasureBook:
        values = checked(changes)
        async with self._work() as work:
            before = await _locked(work, book_id)
            await _check_source(work, viewer, values, before.link, before.file_id)
            after = await work.books.change(before.id, values)
            if before.file_id is not None and after.file_id != before.file_id:
                await work.books.release_file(before.file_id)
            states = {"before": _state(before), "after": _state(after)}
            await work.audit.add(change(viewer, "updateTreasureBook", Target("TreasureBook", after.id), **states))
        self._shelf.forget()
        return after

    async def delete(self, viewer: Viewer, book_id: str) -> UUID:
        async with self._work() as work:
            book = await _locked(work, book_id)
            await work.books.delete(book.id)
            if book.file_id is not None:
                await work.books.release_file(book.file_id)
            target = Target("TreasureBook", book.id)
            await work.audit.add(change(viewer, "deleteTreasureBook", target, before=_state(book)))
        self._shelf.forget()
        return book.id


async def _check_source(
    work: BookWork, viewer: Viewer, values: dict[str, Any], link: str | None, file_id: UUID | None
) -> None:
    """`link`, `file_id`: those of before. A new file must be one that this admin has sent in."""
    wanted = values.get("file_id", file_id)
    if values.get("link", link) is None and wanted is None:
        raise no_source()
    if wanted is not None and wanted != file_id and not await work.books.claim_file(viewer.user_id, wanted):
        raise no_such_file()


async def _locked(work: BookWork, book_id: str) -> TreasureBook:
    known = parse_id(book_id)
    book = await work.books.locked(known) if known is not None else None
    if book is None:
        raise no_such_book()
    return book


def _state(book: TreasureBook) -> dict[str, Any]:
    return {
        "title": book.title,
        "fileUrl": book.link,
        "fileId": book.file_id,
        "summary": book.summary,
        "category": book.category,
        "position": book.position,
        "published": book.published,
    }


def _sees_drafts(viewer: Viewer | None) -> bool:
    return viewer is not None and viewer.is_admin


def _cursor(book: TreasureBook) -> str:
    return encode_cursor(book.position, str(book.id))


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    position, book_id = decode_cursor(cursor, int, str)
    known = parse_id(str(book_id))
    if known is None:
        raise bad_cursor()
    return int(position), -known.int


def no_such_book() -> NotFound:
    return NotFound("没有找到这本宝典", "No such book.", field="id")
