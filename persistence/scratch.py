"""Files in the making: folders among the system's temporary files, worked on in threads."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from domain.files.ports import Fetched, ObjectStore

CHUNK = 1 << 16


class Scratch:
    """Implements `domain.files.ports.Scratch`."""

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        path = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="wellmate-file-"))
        try:
            yield path
        finally:
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)

    async def copy(self, content: IO[bytes], path: Path) -> None:
        await asyncio.to_thread(_copy, content, path)

    async def fetch(self, store: ObjectStore, key: str, path: Path, max_bytes: int) -> Fetched:
        with await asyncio.to_thread(path.open, "wb") as sink:
            return await store.fetch(key, sink, max_bytes)


def _copy(content: IO[bytes], path: Path) -> None:
    content.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(content, target, CHUNK)
