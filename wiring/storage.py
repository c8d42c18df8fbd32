"""Which store keeps the files, after the settings, and the services over it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from domain.clock import utc_now
from domain.files.cleaning import FileCleaner
from domain.files.intake import Intake
from domain.files.models import FileLimits
from domain.files.picture import ImageLimits
from domain.files.ports import ObjectStore
from domain.files.service import FileService
from persistence.objects.disk import DiskStore
from persistence.pictures import PicturePool
from persistence.scratch import Scratch
from persistence.work import WorkFactory
from settings import Settings, Storage
from wiring.installation import NotReady, Secrets

NEEDED = {
    Storage.DISK: (),
    Storage.COS: ("cos_bucket", "cos_region", "cos_secret_id", "cos_secret_key"),
    Storage.S3: ("s3_url", "s3_bucket", "s3_access_key", "s3_secret_key"),
}


class Store(ObjectStore, Protocol):
    async def aclose(self) -> None: ...


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
    store: Store = import_module(f"wiring.stores.{settings.storage.value}").store_of(settings, secrets)
    return store
