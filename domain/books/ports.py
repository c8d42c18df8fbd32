"""What books need from outside."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from domain.audit import AuditStore
from domain.books.models import TreasureBook


class BookStore(Protocol):
    """Statements inside one transaction. Every change is told to all processes when it commits."""

    async def count(self) -> int: ...

    async def locked(self, book_id: UUID) -> TreasureBook | None: ...

    async def add(self, values: dict[str, Any]) -> TreasureBook: ...

    async def change(self, book_id: UUID, values: dict[str, Any]) -> TreasureBook: ...

    async def delete(self, book_id: UUID) -> None: ...

    async def claim_file(self, owner_id: UUID, file_id: UUID) -> bool:
        """False unless it is a READY file for books of this owner."""

    async def release_file(self, file_id: UUID) -> None:
        """It goes when nothing uses it any more."""


class BookReads(Protocol):
    async def all(self) -> list[TreasureBook]: ...


class BookWork(Protocol):
    @property
    def books(self) -> BookStore: ...
    @property
    def audit(self) -> AuditStore: ...


class OpensBookWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[BookWork]: ...
