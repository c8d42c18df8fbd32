"""What a file is to those who own and see it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from domain.files.picture import ImageLimits


class FilePurpose(Enum):
    CHAT_IMAGE = "CHAT_IMAGE"
    AVATAR = "AVATAR"
    REPORT = "REPORT"
    TREASURE_BOOK = "TREASURE_BOOK"


class FileState(Enum):
    """DELETED: the object is about to go, or gone."""

    PENDING = "PENDING"
    READY = "READY"
    REJECTED = "REJECTED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class File:
    """`key`: where the checked object is, or will be. `upload_key`: where a phone puts what is still to be checked.

    `mime`, `bytes` and `sha256` (hex) are what was announced until the file is READY, then what is kept.
    """

    id: UUID
    owner_id: UUID | None
    purpose: FilePurpose
    state: FileState
    mime: str
    bytes: int
    width: int | None
    height: int | None
    bucket: str
    key: str = field(repr=False)
    upload_key: str | None = field(repr=False)
    sha256: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What a checked file has become."""

    mime: str
    bytes: int
    width: int | None
    height: int | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody wants to send straight to the store. `sha256` in hex, lower case."""

    purpose: FilePurpose
    mime: str
    bytes: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """The file to come, and the form to send it by (see `ports.Ticket`)."""

    file: File
    method: str
    url: str
    headers: dict[str, str]
    form_fields: dict[str, str] = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FileLimits:
    """`max_paper_bytes`: of a PDF. `a_day`: uploads of one person."""

    image: ImageLimits = field(default_factory=ImageLimits)
    max_paper_bytes: int = 20 << 20
    a_day: int = 300

    @property
    def most_bytes(self) -> int:
        return max(self.image.max_bytes, self.max_paper_bytes)
