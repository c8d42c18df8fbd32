"""What records need from outside."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar
from uuid import UUID

from domain.files.models import File
from domain.paging import Page
from domain.records.models import Record, RecordFilter


class RecordStore(Protocol):
    """Statements inside one transaction."""

    async def add(self, record: Record, client_key: str | None) -> bool:
        """False when the writer's `client_key` was used before."""

    async def created(self, user_id: UUID, client_key: str) -> Record | None: ...

    async def owned(self, user_id: UUID, record_id: UUID) -> Record | None:
        """Locked until the end of the transaction."""

    async def replace(self, record: Record) -> None: ...

    async def delete(self, record_id: UUID) -> None: ...


class RecordFiles(Protocol):
    async def put(self, record_id: UUID, owner_id: UUID, file_ids: Sequence[UUID]) -> bool:
        """These instead of those before. False unless every one is a READY picture or paper of this owner."""


class RecordReads(Protocol):
    async def records(self, keys: Sequence[tuple[UUID, UUID]]) -> list[Record | None]:
        """Keys: (owner, record)."""

    async def files(self, keys: Sequence[tuple[UUID, UUID]]) -> list[list[File]]:
        """Keys: (owner, record)."""

    async def page(self, user_id: UUID, wanted: RecordFilter, *, limit: int, after: str | None) -> Page[Record]:
        """Newest first."""


class RecordWork(Protocol):
    @property
    def records(self) -> RecordStore: ...
    @property
    def record_files(self) -> RecordFiles: ...


W_co = TypeVar("W_co", bound=RecordWork, covariant=True)


class OpensWork(Protocol[W_co]):
    def __call__(self) -> AbstractAsyncContextManager[W_co]: ...
