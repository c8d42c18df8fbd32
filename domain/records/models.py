"""What a record is made of."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from domain.unset import UNSET, UnsetType

MAX_TITLE = 100
MAX_BODY = 10_000
MAX_TAGS = 20
MAX_TAG = 30
MAX_FILES = 20
MAX_CLIENT_KEY = 64
MAX_SEARCH = 100


class RecordKind(Enum):
    NOTE = "NOTE"
    SYMPTOM = "SYMPTOM"
    VISIT = "VISIT"
    MEDICATION = "MEDICATION"
    REPORT = "REPORT"
    MOOD = "MOOD"
    DIET = "DIET"
    EXERCISE = "EXERCISE"


@dataclass(frozen=True, slots=True)
class Record:
    """`version` counts the changes, from 1."""

    id: UUID
    user_id: UUID
    kind: RecordKind
    title: str
    body: str | None
    occurred_at: datetime
    tags: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A record as its writer gave it. An update leaves alone what is UNSET."""

    kind: RecordKind
    title: str
    body: str | UnsetType | None = UNSET
    occurred_at: datetime | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType | None = UNSET
    file_ids: tuple[str, ...] | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """From `start` on, up to and without `end`; `text` stands in title or body, in any case."""

    kind: RecordKind | None = None
    tag: str | None = None
    text: str | None = None
    start: datetime | None = None
    end: datetime | None = None
