"""What a book is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.files.models import File

MAX_BOOKS = 5_000
MAX_TITLE = 200
MAX_SUMMARY = 2_000
MAX_CATEGORY = 50
MAX_LINK = 2_000
MAX_SEARCH = 100
FARTHEST = 1_000_000


@dataclass(frozen=True, slots=True)
class TreasureBook:
    """Either `file` or `link` (https). Lower positions come first, and the newer of two with the same."""

    id: UUID
    title: str
    link: str | None
    file: File | None
    summary: str | None
    category: str | None
    position: int
    published: bool
    created_at: datetime
    updated_at: datetime

    @property
    def file_id(self) -> UUID | None:
        return self.file.id if self.file is not None else None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the list; ids grow with time."""
        return self.position, -self.id.int


@dataclass(frozen=True, slots=True)
class BookFilter:
    """`text` stands in title or summary, in any case."""

    category: str | None = None
    text: str | None = None
    drafts: bool = False

    def takes(self, book: TreasureBook) -> bool:
        if not (book.published or self.drafts) or self.category not in (None, book.category):
            return False
        return self.text is None or self.text.casefold() in f"{book.title}\n{book.summary or ''}".casefold()


Changes = Mapping[str, Any]
"""Field name → new value; what is absent stays as it is."""
