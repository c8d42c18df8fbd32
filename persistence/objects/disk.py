"""The local disk, for one machine: whole files or none, addresses signed by us and checked by us."""

import base64
import hmac
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from domain.clock import Clock, new_id, utc_now
from domain.errors import Forbidden, NotFound
from domain.files.keys import is_key, key_to_show, mime_of
from domain.files.ports import Fetched, ObjectHead, Ticket
from persistence.objects.copying import CHUNK, poured
from persistence.objects.threads import Threads

WORKERS = 4
INCOMING = ".incoming"
LEFT_BEHIND = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DiskSettings:
    """`url`: the public address of the route that serves `opened` and takes `granted`, without a slash at its end."""

    root: Path
    url: str
    secret: bytes = field(repr=False)
    deadline_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody with a ticket may upload: 1 to `max_bytes` bytes under this key."""

    key: str
    mime: str
    max_bytes: int


class DiskStore:
    bucket = "disk"

    def __init__(self, settings: DiskSettings, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self._threads = Threads("disk", WORKERS, settings.deadline_s)

    async def put(self, key: str, source: Path, mime: str) -> None:
        """`mime` stands in the key already."""
        target = self._path(key)
        await self._threads.run("disk put", lambda: self._store(source, target))

    async def fetch(self, key: str, sink: BinaryIO, max_bytes: int) -> Fetched:
        def read() -> Fetched:
            with _found(), self._path(key).open("rb") as file:
                return poured(iter(lambda: file.read(CHUNK), b""), sink, max_bytes)

        return await self._threads.run("disk get", read)

    async def head(self, key: str) -> ObjectHead | None:
        path = self._path(key)
        try:
            found = await self._threads.run("disk head", lambda: _stat(path))
        except NotFound:
            return None
        return ObjectHead(found.st_size, mime_of(key), f"{found.st_mtime_ns:x}-{found.st_size:x}")

    async def delete(self, key: str) -> None:
        path = self._path(key)
        await self._threads.run("disk delete", lambda: path.unlink(missing_ok=True))

    def signed_url(self, key: str, expires_s: int, thumbnail: int | None = None) -> str:
        shown, expires = key_to_show(key, thumbnail), self._expiry(expires_s)
        query = urlencode({"expires": expires, "signature": self._signature("GET", shown, expires)})
        return f"{self._settings.url}/{shown}?{query}"

    def ticket(self, key: str, mime: str, max_bytes: int, expires_s: int) -> Ticket:
        expires = self._expiry(expires_s)
        fields = {"key": key, "Content-Type": mime, "max_bytes": str(max_bytes), "expires": expires}
        fields["signature"] = self._signature("POST", key, mime, str(max_bytes), expires)
        return Ticket("POST", self._settings.url, {}, fields, datetime.fromtimestamp(int(expires), UTC))

    def opened(self, key: str, expires: str, signature: str) -> Path:
        """The file behind a signed address. Raises NotFound, for a wrong signature too: it tells nothing."""
        if not (self._genuine(signature, "GET", key, expires) and self._path(key).is_file()):
            raise NotFound("文件不存在或链接已过期", "There is no such file, or its address has expired.")
        return self._path(key)

    def granted(self, fields: Mapping[str, str]) -> Grant:
        """What the form of a ticket allows. Raises Forbidden when it was altered or came too late."""
        key, mime, most, expires, signature = (
            fields.get(name, "") for name in ("key", "Content-Type", "max_bytes", "expires", "signature")
        )
        if not self._genuine(signature, "POST", key, mime, most, expires):
            raise Forbidden("上传凭证无效或已过期，请重新上传", "The upload ticket is not valid or has expired.")
        return Grant(key, mime, int(most))

    async def sweep(self) -> int:
        """Removes what a killed process left half-copied a day ago or longer; how many files that were."""
        return await self._threads.run("disk sweep", lambda: _removed(self._settings.root / INCOMING, self._clock()))

    async def aclose(self) -> None:
        self._threads.close()

    def _path(self, key: str) -> Path:
        """Raises NotFound for a text that is no key: no other can name a file."""
        if not is_key(key):
            raise NotFound()
        return self._settings.root / key

    def _expiry(self, expires_s: int) -> str:
        return str(int((self._clock() + timedelta(seconds=expires_s)).timestamp()))

    def _genuine(self, signature: str, *parts: str) -> bool:
        """Whether we signed these parts, the last of which is a time still to come."""
        made = self._signature(*parts).encode()
        signed = hmac.compare_digest(made, signature.encode("utf-8", "replace"))
        return signed and int(parts[-1]) > self._clock().timestamp()

    def _signature(self, *parts: str) -> str:
        digest = hmac.digest(self._settings.secret, "\n".join(parts).encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def _store(self, source: Path, target: Path) -> None:
        """Seen under its name only when all of it is on the disk."""
        incoming = self._settings.root / INCOMING / str(new_id())
        incoming.parent.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, incoming)
            _sync(incoming)
            incoming.replace(target)
        finally:
            incoming.unlink(missing_ok=True)
        _sync(target.parent)


def _removed(folder: Path, now: datetime) -> int:
    oldest = (now - LEFT_BEHIND).timestamp()
    old = [path for path in folder.glob("*") if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


@contextmanager
def _found() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NotFound() from None


def _stat(path: Path) -> os.stat_result:
    with _found():
        return path.stat()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
