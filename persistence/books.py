"""Statements on books: inside a transaction, and the read of all of them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, select, update

from domain.books.models import TreasureBook
from domain.files.models import FilePurpose
from persistence.connection import Connection
from persistence.engine import Database
from persistence.file_rows import FILE_COLUMNS, file_of
from persistence.files import doom_unused, lock, use
from persistence.signals import Signals, notify
from persistence.tables.books import treasure_books
from persistence.tables.files import files

SIGNAL = "books"
COLUMNS = tuple(column for column in treasure_books.c if column.name != "file_id")
BOOKS = select(*COLUMNS, *FILE_COLUMNS).join_from(
    treasure_books, files, files.c.id == treasure_books.c.file_id, isouter=True
)


class BookStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def count(self) -> int:
        return int((await self._connection.execute(select(func.count()).select_from(treasure_books))).scalar())

    async def locked(self, book_id: UUID) -> TreasureBook | None:
        await self._connection.execute(_row(book_id).with_for_update())
        row = (await self._connection.execute(BOOKS.where(treasure_books.c.id == book_id))).first()
        return book_of(row) if row is not None else None

    async def add(self, values: dict[str, Any]) -> TreasureBook:
        await self._connection.execute(insert(treasure_books).values(values))
        return await self._told(values["id"])

    async def change(self, book_id: UUID, values: dict[str, Any]) -> TreasureBook:
        changed = update(treasure_books).where(treasure_books.c.id == book_id)
        await self._connection.execute(changed.values(**values, updated_at=func.now()))
        return await self._told(book_id)

    async def delete(self, book_id: UUID) -> None:
        await self._connection.execute(delete(treasure_books).where(treasure_books.c.id == book_id))
        await notify(self._connection, SIGNAL, "")

    async def claim_file(self, owner_id: UUID, file_id: UUID) -> bool:
        of_books = files.c.purpose == FilePurpose.TREASURE_BOOK.value
        return await use(self._connection, owner_id, [file_id], of_books)

    async def release_file(self, file_id: UUID) -> None:
        await doom_unused(self._connection, await lock(self._connection, [file_id]))

    async def _told(self, book_id: UUID) -> TreasureBook:
        await notify(self._connection, SIGNAL, "")
        return book_of((await self._connection.execute(BOOKS.where(treasure_books.c.id == book_id))).one())


class BookReadStatements:
    """On the primary: a replica may not know yet what a signal told of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[TreasureBook]:
        async with self._database.transaction() as connection:
            return [book_of(row) for row in await connection.execute(BOOKS)]


def follow(signals: Signals, forget: Callable[[], None]) -> None:
    """`forget` is called whenever a book has changed, or may have. Before `signals.start()`."""

    async def missed() -> None:
        forget()

    signals.on(SIGNAL, lambda _payload: forget())
    signals.on_gap(missed)


def book_of(row: Sequence[Any]) -> TreasureBook:
    id_, title, link, summary, category, position, published, created_at, updated_at = row[: len(COLUMNS)]
    file = file_of(row[len(COLUMNS) :]) if row[len(COLUMNS)] is not None else None
    return TreasureBook(id_, title, link, file, summary, category, position, published, created_at, updated_at)


def _row(book_id: UUID) -> Select[Any]:
    return select(treasure_books.c.id).where(treasure_books.c.id == book_id)
