"""The life of files behind their owners' backs: what was deleted, abandoned or left over goes from the store."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from domain.clock import Clock
from domain.errors import UpstreamUnavailable
from domain.files.keys import thumbnail_key
from domain.files.models import File
from domain.files.ports import ObjectStore
from domain.files.work import OpensFileWork

BATCH = 100
UNUSED_FOR = timedelta(days=1)
UPLOAD_OVER = timedelta(hours=1)
REMEMBERED_FOR = timedelta(days=7)


class FileCleaner:
    """`tidy`: what the store has to do for itself. Both jobs may run in several processes at once."""

    def __init__(
        self, work: OpensFileWork, store: ObjectStore, clock: Clock, tidy: Callable[[], Awaitable[object]]
    ) -> None:
        self._work = work
        self._store = store
        self._clock = clock
        self._tidy = tidy

    async def remove_deleted(self) -> None:
        """Stops early when the store is down: the night comes again."""
        whole = True
        while whole:
            async with self._work() as work:
                doomed = await work.files.doomed(self._store.bucket, BATCH)
            gone = [file.id for file in doomed if await self._removed(file)]
            async with self._work() as work:
                await work.files.removed(gone)
            whole = len(gone) == BATCH

    async def tidy_up(self) -> None:
        now = self._clock()
        await self._doom_abandoned(now - UNUSED_FOR)
        await self.remove_deleted()
        await self._empty_upload_keys()
        async with self._work() as work:
            await work.files.forget_removed(now - REMEMBERED_FOR)
        await self._tidy()

    async def _doom_abandoned(self, before: datetime) -> None:
        whole = True
        while whole:
            async with self._work() as work:
                whole = await work.files.doom_abandoned(before, BATCH) == BATCH

    async def _empty_upload_keys(self) -> None:
        """A ticket can be used until it expires, after the file was completed too."""
        whole = True
        while whole:
            async with self._work() as work:
                spent = await work.files.spent_uploads(self._store.bucket, self._clock() - UPLOAD_OVER, BATCH)
            empty = [file.id for file in spent if await self._gone(file.upload_key)]
            async with self._work() as work:
                await work.files.forget_uploads(empty)
            whole = len(empty) == BATCH

    async def _removed(self, file: File) -> bool:
        keys = (file.key, thumbnail_key(file.key), file.upload_key)
        return all(await asyncio.gather(*map(self._gone, keys)))

    async def _gone(self, key: str | None) -> bool:
        try:
            if key is not None:
                await self._store.delete(key)
        except UpstreamUnavailable:
            return False
        return True
