"""What the files feature asks of the database."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.files.models import File, Kept


class FileStore(Protocol):
    """Statements inside one transaction."""

    async def add(self, file: File) -> None: ...

    async def own(self, owner_id: UUID, file_id: UUID) -> File | None:
        """None for one that its owner has deleted."""
        ...

    async def settle(self, file_id: UUID, kept: Kept) -> File | None:
        """A PENDING file is READY. None when it no longer is PENDING."""
        ...

    async def reject(self, file_id: UUID) -> None: ...

    async def give_up(self, owner_id: UUID, file_id: UUID) -> bool:
        """Its owner does not want it any more: it goes from all that is the owner's alone, and entirely with the last
        use by others. False where there is no such file of this owner."""
        ...

    async def added_since(self, owner_id: UUID, since: datetime) -> int: ...

    async def doom_abandoned(self, before: datetime, limit: int) -> int:
        """Uploads that were begun before and never completed or used, files that nothing uses any more; how many."""
        ...

    async def doomed(self, bucket: str, limit: int) -> list[File]:
        """DELETED ones whose objects are still to be removed."""
        ...

    async def removed(self, ids: Sequence[UUID]) -> None:
        """Their objects are gone."""
        ...

    async def spent_uploads(self, bucket: str, before: datetime, limit: int) -> list[File]:
        """READY ones whose upload key may still hold something, under a ticket from before."""
        ...

    async def forget_uploads(self, ids: Sequence[UUID]) -> None:
        """Nothing lies under their upload keys."""
        ...

    async def forget_removed(self, before: datetime) -> None: ...


class FileReads(Protocol):
    """Batched reads: one statement for all keys, answers in the order of the keys."""

    async def own(self, keys: Sequence[tuple[UUID, UUID]]) -> list[File | None]:
        """Keys: (owner, file)."""
        ...

    async def avatars(self, keys: Sequence[tuple[UUID, UUID]]) -> list[File | None]:
        """Keys: (whose, file)."""
        ...


class FileWork(Protocol):
    @property
    def files(self) -> FileStore: ...


class OpensFileWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[FileWork]: ...
