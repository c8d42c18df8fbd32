"""What the files feature needs from outside: a store for objects, and a safe place to clean pictures in."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from domain.files.picture import ImageLimits, Picture


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """What the store says of an object: bytes, the mime it was put with, and its etag without quotes."""

    bytes: int
    mime: str
    etag: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came out of the store; `sha256` in hex of these very bytes."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """A multipart POST that a phone may send straight to the store: the form fields first, the file last, as `file`."""

    method: str
    url: str
    headers: Mapping[str, str]
    form_fields: Mapping[str, str] = field(repr=False)
    expires_at: datetime


class ObjectStore(Protocol):
    """Keys come from `domain.files.keys`. Whatever goes over the network raises UpstreamUnavailable in bounded time."""

    @property
    def bucket(self) -> str: ...

    async def put(self, key: str, source: Path, mime: str) -> None:
        """All of it or nothing; an object of the same key is replaced."""
        ...

    async def fetch(self, key: str, sink: BinaryIO, max_bytes: int) -> Fetched:
        """Writes the object into `sink`. Raises NotFound, or PayloadTooLarge once it is more than `max_bytes`."""
        ...

    async def head(self, key: str) -> ObjectHead | None:
        """None where there is no such object."""
        ...

    async def delete(self, key: str) -> None:
        """It is no error when there is no such object."""
        ...

    def signed_url(self, key: str, expires_s: int, thumbnail: int | None = None) -> str:
        """Pure CPU. `thumbnail`: longest side in pixels; for pictures that `Pictures.clean` made."""
        ...

    def ticket(self, key: str, mime: str, max_bytes: int, expires_s: int) -> Ticket:
        """Pure CPU. For exactly this key and mime, and 1 to `max_bytes` bytes."""
        ...


class Pictures(Protocol):
    async def clean(self, source: Path, target: Path, thumbnail: Path, limits: ImageLimits) -> Picture:
        """See `domain.files.images.clean`; the loop goes on meanwhile."""
        ...


class Grant(Protocol):
    """What the bearer of a ticket may put: 1 to `max_bytes` bytes under this key."""

    @property
    def key(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def max_bytes(self) -> int: ...


class LocalObjects(Protocol):
    """A store whose addresses lead to this very server."""

    def opened(self, key: str, expires: str, signature: str) -> Path:
        """The file behind a signed address. Raises NotFound."""
        ...

    def granted(self, fields: Mapping[str, str]) -> Grant:
        """What the form of a ticket allows. Raises Forbidden."""
        ...

    async def put(self, key: str, source: Path, mime: str) -> None: ...


class Scratch(Protocol):
    """Files in the making, on a disk of this machine."""

    def folder(self) -> AbstractAsyncContextManager[Path]:
        """A new one that nobody else can read, gone with all in it at the end."""
        ...

    async def copy(self, content: IO[bytes], path: Path) -> None:
        """`content` from its start."""
        ...

    async def fetch(self, store: ObjectStore, key: str, path: Path, max_bytes: int) -> Fetched:
        """As `ObjectStore.fetch`, into a file."""
        ...
