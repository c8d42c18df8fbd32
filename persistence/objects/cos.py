"""Tencent COS by its SDK, which blocks. Its logger prints keys and signed addresses, so it is silenced."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar

import requests
from qcloud_cos import CosConfig, CosS3Client, CosServiceError

from domain.clock import Clock, utc_now
from domain.errors import ContentBlocked, NotFound
from domain.files.keys import mime_of
from domain.files.ports import Fetched, ObjectHead, Ticket
from persistence.objects.copying import CHUNK, poured
from persistence.objects.threads import Threads, unavailable

T = TypeVar("T")
WORKERS = 8
SKEW = timedelta(seconds=60)  # a signature begins that much earlier, as the SDK's do
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CosSettings:
    """`bucket`: with its `-appid`. `domain`: one's own, in place of the bucket's default host."""

    bucket: str
    region: str
    secret_id: str
    secret_key: str = field(repr=False)
    domain: str | None = None
    scheme: str = "https"
    connect_s: float = 3.0
    read_s: float = 10.0
    deadline_s: float = 30.0


class CosStore:
    def __init__(self, settings: CosSettings, clock: Clock = utc_now) -> None:
        logging.getLogger("qcloud_cos").setLevel(logging.CRITICAL + 1)
        self._settings = settings
        self._clock = clock
        self._threads = Threads("cos", WORKERS, settings.deadline_s)
        self._session = _session()
        self._client = CosS3Client(_config(settings), retry=1, session=self._session)

    @property
    def bucket(self) -> str:
        return self._settings.bucket

    async def put(self, key: str, source: Path, mime: str) -> None:
        def upload() -> None:
            with source.open("rb") as body:
                self._client.put_object(self.bucket, body, key, EnableMD5=True, ContentType=mime)

        await self._run("put", upload)

    async def fetch(self, key: str, sink: BinaryIO, max_bytes: int) -> Fetched:
        def download() -> Fetched:
            body = self._client.get_object(self.bucket, key)["Body"]
            with closing(body.get_raw_stream()):
                return poured(body.get_stream(CHUNK), sink, max_bytes)

        return await self._run("get", download)

    async def head(self, key: str) -> ObjectHead | None:
        try:
            headers = await self._run("head", lambda: self._client.head_object(self.bucket, key))
        except NotFound:
            return None
        return ObjectHead(int(headers["Content-Length"]), headers["Content-Type"], headers["ETag"].strip('"'))

    async def delete(self, key: str) -> None:
        await self._run("delete", lambda: self._client.delete_object(self.bucket, key))

    def signed_url(self, key: str, expires_s: int, thumbnail: int | None = None) -> str:
        scaled = thumbnail is not None and mime_of(key).startswith("image/")
        rule = {f"imageMogr2/thumbnail/{thumbnail}x{thumbnail}": ""} if scaled else {}
        url: str = self._client.get_presigned_download_url(self.bucket, key, Expired=expires_s, Params=rule)
        return url

    def ticket(self, key: str, mime: str, max_bytes: int, expires_s: int) -> Ticket:
        now = self._clock()
        expires_at = now + timedelta(seconds=expires_s)
        fields = post_fields(self._settings, now - SKEW, expires_at, key, mime, max_bytes)
        url = self._client.get_conf().uri(bucket=self.bucket)
        return Ticket("POST", url, {}, fields, expires_at)

    async def aclose(self) -> None:
        self._threads.close()
        self._session.close()

    async def _run(self, what: str, call: Callable[[], T]) -> T:
        def named() -> T:
            try:
                return call()
            except CosServiceError as error:
                raise _failure(what, error) from None

        return await self._threads.run(f"COS {what}", named)


def post_fields(
    settings: CosSettings, start: datetime, end: datetime, key: str, mime: str, max_bytes: int
) -> dict[str, str]:
    """The form of a PostObject under a policy. Source: cloud.tencent.com/document/product/436/14690"""
    key_time = f"{int(start.timestamp())};{int(end.timestamp())}"
    policy = json.dumps(
        {
            "expiration": f"{end.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
            "conditions": [
                {"q-sign-algorithm": "sha1"},
                {"q-ak": settings.secret_id},
                {"q-sign-time": key_time},
                {"bucket": settings.bucket},
                {"key": key},
                ["eq", "$Content-Type", mime],
                ["content-length-range", 1, max_bytes],
            ],
        },
        separators=(",", ":"),
    )
    return {
        "key": key,
        "Content-Type": mime,
        "success_action_status": "200",
        "policy": base64.b64encode(policy.encode()).decode(),
        "q-sign-algorithm": "sha1",
        "q-ak": settings.secret_id,
        "q-key-time": key_time,
        "q-signature": policy_signature(settings.secret_key, key_time, policy),
    }


def policy_signature(secret_key: str, key_time: str, policy: str) -> str:
    sign_key = hmac.new(secret_key.encode(), key_time.encode(), "sha1").hexdigest()
    digest = hashlib.sha1(policy.encode()).hexdigest()  # noqa: S324 the vendor's algorithm
    return hmac.new(sign_key.encode(), digest.encode(), "sha1").hexdigest()


def _config(settings: CosSettings) -> CosConfig:
    return CosConfig(
        Region=settings.region,
        SecretId=settings.secret_id,
        SecretKey=settings.secret_key,
        Domain=settings.domain,
        Scheme=settings.scheme,
        Timeout=(settings.connect_s, settings.read_s),
    )


def _session() -> requests.Session:
    """Our own: the SDK's is one for all clients of the process and heeds proxy variables."""
    session = requests.Session()
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
    return session


def _failure(what: str, error: CosServiceError) -> Exception:
    if error.get_status_code() == 404 and error.get_error_code() != "NoSuchBucket":
        return NotFound()
    if error.get_status_code() == 451:
        return ContentBlocked("该文件含有违规内容，已被屏蔽", "The store blocks this content.")
    log.warning("COS refused %s: %s %s", what, error.get_status_code(), error.get_error_code())
    return unavailable()
