"""Any S3 (Sealos, MinIO) by MinIO's client, which blocks."""

import logging
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import urlsplit

import certifi
import urllib3
from minio import Minio
from minio.datatypes import PostPolicy
from minio.error import S3Error

from domain.clock import Clock, utc_now
from domain.errors import NotFound
from domain.files.keys import key_to_show
from domain.files.ports import Fetched, ObjectHead, Ticket
from persistence.objects.copying import CHUNK, poured
from persistence.objects.threads import Threads, unavailable

T = TypeVar("T")
WORKERS = 8
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class S3Settings:
    """`public_url`: where phones reach the store, when that is not where this server does; both without a path."""

    url: str
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"
    public_url: str | None = None
    connect_s: float = 3.0
    read_s: float = 10.0
    deadline_s: float = 30.0


class S3Store:
    def __init__(self, settings: S3Settings, clock: Clock = utc_now) -> None:
        self._settings = settings
        self._clock = clock
        self._threads = Threads("s3", WORKERS, settings.deadline_s)
        self._pool = _pool(settings)
        self._client = self._connected(settings.url)
        self._public_url = (settings.public_url or settings.url).rstrip("/")
        self._public = self._connected(self._public_url)

    @property
    def bucket(self) -> str:
        return self._settings.bucket

    async def put(self, key: str, source: Path, mime: str) -> None:
        def upload() -> None:
            with source.open("rb") as body:  # in parts of 5 MiB, one at a time in memory
                size = source.stat().st_size
                self._client.put_object(self.bucket, key, body, size, mime, num_parallel_uploads=1)

        await self._run("put", upload)

    async def fetch(self, key: str, sink: BinaryIO, max_bytes: int) -> Fetched:
        def download() -> Fetched:
            with closing(self._client.get_object(self.bucket, key)) as response:
                return poured(response.stream(CHUNK), sink, max_bytes)

        return await self._run("get", download)

    async def head(self, key: str) -> ObjectHead | None:
        try:
            found = await self._run("head", lambda: self._client.stat_object(self.bucket, key))
        except NotFound:
            return None
        return ObjectHead(found.size or 0, found.content_type or "", found.etag or "")

    async def delete(self, key: str) -> None:
        await self._run("delete", lambda: self._client.remove_object(self.bucket, key))

    def signed_url(self, key: str, expires_s: int, thumbnail: int | None = None) -> str:
        shown = key_to_show(key, thumbnail)
        return self._public.presigned_get_object(self.bucket, shown, timedelta(seconds=expires_s))

    def ticket(self, key: str, mime: str, max_bytes: int, expires_s: int) -> Ticket:
        expires_at = self._clock() + timedelta(seconds=expires_s)
        policy = PostPolicy(self.bucket, expires_at)
        policy.add_equals_condition("key", key)
        policy.add_equals_condition("Content-Type", mime)
        policy.add_equals_condition("success_action_status", "200")
        policy.add_content_length_range_condition(1, max_bytes)
        fields = {"key": key, "Content-Type": mime, "success_action_status": "200"}
        fields |= self._public.presigned_post_policy(policy)
        return Ticket("POST", f"{self._public_url}/{self.bucket}", {}, fields, expires_at)

    async def aclose(self) -> None:
        self._threads.close()
        self._pool.clear()

    def _connected(self, url: str) -> Minio:
        settings, parts = self._settings, urlsplit(url)
        return Minio(
            parts.netloc,
            settings.access_key,
            settings.secret_key,
            secure=parts.scheme == "https",
            region=settings.region,
            http_client=self._pool,
        )

    async def _run(self, what: str, call: Callable[[], T]) -> T:
        def named() -> T:
            try:
                return call()
            except S3Error as error:
                raise _failure(what, error) from None

        return await self._threads.run(f"S3 {what}", named)


def _pool(settings: S3Settings) -> urllib3.PoolManager:
    return urllib3.PoolManager(
        maxsize=WORKERS,
        timeout=urllib3.Timeout(connect=settings.connect_s, read=settings.read_s),
        retries=urllib3.Retry(1, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)),
        ssl_context=_trusted() if settings.url.startswith("https:") else None,
    )


def _trusted() -> ssl.SSLContext:
    """The machine's own authorities (a hospital may have one) and Mozilla's, which small images lack."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _failure(what: str, error: S3Error) -> Exception:
    if error.code in ("NoSuchKey", "NoSuchObject"):
        return NotFound()
    log.warning("S3 refused %s: %s", what, error.code)
    return unavailable()
