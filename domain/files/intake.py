"""Strangers' files on their way in: checked where they lie on this machine's disk, before anything is kept of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from domain.errors import BadUserInput, Conflict, NotFound
from domain.files.formats import HEAD_BYTES, PDF_MIME, picture_format
from domain.files.models import File, FileLimits, FilePurpose, Kept
from domain.files.papers import paper
from domain.files.ports import ObjectStore, Pictures, Scratch
from domain.files.rules import FOR_PAPERS, too_large

PDF_MAGIC = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept, and where it lies; `thumbnail` where it is a picture."""

    kept: Kept
    path: Path
    thumbnail: Path | None


class Intake:
    def __init__(self, store: ObjectStore, scratch: Scratch, pictures: Pictures, limits: FileLimits) -> None:
        self._store = store
        self._scratch = scratch
        self._pictures = pictures
        self._limits = limits

    @asynccontextmanager
    async def received(self, content: IO[bytes], size: int, purpose: FilePurpose) -> AsyncIterator[Checked]:
        """Whatever it says it is, its bytes decide. Raises BadUserInput, PayloadTooLarge."""
        if size > self._limits.most_bytes:
            raise too_large(self._limits.most_bytes, "file")
        async with self._scratch.folder() as folder:
            source = folder / "source"
            await self._scratch.copy(content, source)
            is_paper = purpose in FOR_PAPERS and (await _head(source)).startswith(PDF_MAGIC)
            yield await (self._paper(source) if is_paper else self._picture(source))

    @asynccontextmanager
    async def uploaded(self, file: File) -> AsyncIterator[Checked]:
        """What a phone put under the upload key. Raises Conflict while nothing is there, BadUserInput for another file
        than the one that was announced."""
        async with self._scratch.folder() as folder:
            source = folder / "source"
            try:
                fetched = await self._scratch.fetch(self._store, file.upload_key or "", source, file.bytes)
            except NotFound:
                raise Conflict("文件还没有上传完成", "The file has not arrived yet.", field="fileId") from None
            if fetched.bytes != file.bytes or file.sha256 not in (None, fetched.sha256):
                raise BadUserInput(
                    "收到的文件与申请的不一致，请重新上传", "What arrived is not what was announced.", field="fileId"
                )
            if file.mime == PDF_MIME:
                yield await self._paper(source)
                return
            if picture_format(await _head(source)).value != file.mime:
                raise BadUserInput(
                    "文件内容与类型不符", "The content is of another type than announced.", field="fileId"
                )
            yield await self._picture(source)

    async def _picture(self, source: Path) -> Checked:
        target, thumbnail = source.with_name("picture"), source.with_name("thumbnail")
        made = await self._pictures.clean(source, target, thumbnail, self._limits.image)
        return Checked(Kept(made.mime, made.bytes, made.width, made.height, made.sha256), target, thumbnail)

    async def _paper(self, source: Path) -> Checked:
        return Checked(await asyncio.to_thread(paper, source), source, None)


async def _head(source: Path) -> bytes:
    return await asyncio.to_thread(_first_bytes, source)


def _first_bytes(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.read(HEAD_BYTES)
