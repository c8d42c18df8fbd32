"""Which store keeps the files, after the settings, and the services over it."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.clock import utc_now
from domain.files.cleaning import FileCleaner
from domain.files.images import ImageLimits
from domain.files.intake import Intake
from domain.files.models import FileLimits
from domain.files.service import FileService
from installation import NotReady, Secrets
from persistence.objects.cos import CosSettings, CosStore
from persistence.objects.disk import DiskSettings, DiskStore
from persistence.objects.s3 import S3Settings, S3Store
from persistence.pictures import PicturePool
from persistence.scratch import Scratch
from persistence.work import WorkFactory
from settings import Settings, Storage, revealed

FILES_PATH = "/files"
Store = DiskStore | CosStore | S3Store
NEEDED = {
    Storage.DISK: (),
    Storage.COS: ("cos_bucket", "cos_region", "cos_secret_id", "cos_secret_key"),
    Storage.S3: ("s3_url", "s3_bucket", "s3_access_key", "s3_secret_key"),
}


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where files are kept and made safe, as long as a process lives."""

    store: Store
    pictures: PicturePool
    limits: FileLimits

    @property
    def local(self) -> DiskStore | None:
        return self.store if isinstance(self.store, DiskStore) else None

    def service(self, work: WorkFactory) -> FileService:
        intake = Intake(self.store, Scratch(), self.pictures, self.limits)
        return FileService(work, self.store, intake, self.limits, utc_now)

    def cleaner(self, work: WorkFactory) -> FileCleaner:
        return FileCleaner(work, self.store, utc_now, self._tidy)

    async def _tidy(self) -> None:
        if self.local is not None:
            await self.local.sweep()


@asynccontextmanager
async def keeping(settings: Settings, secrets: Secrets) -> AsyncIterator[Keeping]:
    """Raises NotReady."""
    store, pictures = store_of(settings, secrets), PicturePool()
    try:
        yield Keeping(store, pictures, limits_of(settings))
    finally:
        await pictures.aclose()
        await store.aclose()


def limits_of(settings: Settings) -> FileLimits:
    return FileLimits(ImageLimits(max_bytes=settings.max_image_bytes), settings.max_paper_bytes)


def missing(settings: Settings) -> list[str]:
    """What the chosen store lacks, as lines for an operator."""
    return [
        f"WELLMATE_{name.upper()} is missing for WELLMATE_STORAGE={settings.storage.value}"
        for name in NEEDED[settings.storage]
        if getattr(settings, name) is None
    ]


def store_of(settings: Settings, secrets: Secrets) -> Store:
    """Raises NotReady."""
    if lines := missing(settings):
        raise NotReady(lines)
    match settings.storage:
        case Storage.COS:
            return CosStore(_cos(settings))
        case Storage.S3:
            return S3Store(_s3(settings))
        case Storage.DISK:
            return DiskStore(_disk(settings, secrets))


def _disk(settings: Settings, secrets: Secrets) -> DiskSettings:
    """Without a public address links begin with a slash: resolvers put the address before it that was asked."""
    secret = hmac.digest(secrets.jwt_keys[0].encode(), b"wellmate links to files", "sha256")
    return DiskSettings(settings.files_dir, (settings.public_url or "").rstrip("/") + FILES_PATH, secret)


def _cos(settings: Settings) -> CosSettings:
    own = urlsplit(settings.cos_url) if settings.cos_url else None
    return CosSettings(
        bucket=settings.cos_bucket or "",
        region=settings.cos_region or "",
        secret_id=settings.cos_secret_id or "",
        secret_key=revealed(settings.cos_secret_key) or "",
        domain=own.netloc if own else None,
        scheme=own.scheme if own else "https",
    )


def _s3(settings: Settings) -> S3Settings:
    return S3Settings(
        url=(settings.s3_url or "").rstrip("/"),
        bucket=settings.s3_bucket or "",
        access_key=settings.s3_access_key or "",
        secret_key=revealed(settings.s3_secret_key) or "",
        region=settings.s3_region,
        public_url=settings.s3_public_url,
    )
