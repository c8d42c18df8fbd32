"""What people do with files: send them in, read them by signed addresses, delete them."""

from contextlib import suppress
from datetime import timedelta
from typing import IO
from uuid import UUID

from domain.clock import Clock, new_id, parse_id
from domain.errors import BadUserInput, Conflict, NotFound, PayloadTooLarge, RateLimited, UpstreamUnavailable
from domain.files.formats import PDF_MIME
from domain.files.intake import Checked, Intake
from domain.files.keys import new_key, thumbnail_key
from domain.files.models import File, FileLimits, FilePurpose, FileState, Upload, UploadTicket
from domain.files.picture import CLEAN_MIME
from domain.files.ports import ObjectStore
from domain.files.rules import check_link, check_purpose, checked_upload
from domain.files.work import FileWork, OpensFileWork
from domain.viewer import Viewer

TICKET_S = 900
UPLOADS = "incoming"
DAY = timedelta(days=1)
HOUR_MS = 3_600_000


class FileService:
    def __init__(
        self, work: OpensFileWork, store: ObjectStore, intake: Intake, limits: FileLimits, clock: Clock
    ) -> None:
        self._work = work
        self._store = store
        self._intake = intake
        self.limits = limits
        self._clock = clock

    async def upload(self, viewer: Viewer, content: IO[bytes], size: int, purpose: FilePurpose) -> File:
        """Through this server. Raises BadUserInput, PayloadTooLarge, UpstreamUnavailable; then nothing is kept."""
        check_purpose(viewer, purpose)
        async with self._work() as work:
            await self._check_quota(work, viewer)
        async with self._intake.received(content, size, purpose) as checked:
            kept = checked.kept
            file = self._new(viewer, Upload(purpose, kept.mime, kept.bytes, kept.sha256), upload_key=None)
            async with self._work() as work:
                await work.files.add(file)
            try:
                return await self._keep(file, checked)
            except UpstreamUnavailable:
                await self._give_up(viewer.user_id, file.id)
                raise

    async def request(self, viewer: Viewer, upload: Upload) -> UploadTicket:
        """Straight to the store; `complete` must follow."""
        check_purpose(viewer, upload.purpose)
        good = checked_upload(upload, self.limits)
        file = self._new(viewer, good, new_key(UPLOADS, self._clock(), new_id(), good.mime))
        ticket = self._store.ticket(file.upload_key or "", good.mime, good.bytes, TICKET_S)
        async with self._work() as work:
            await self._check_quota(work, viewer)
            await work.files.add(file)
        headers, fields = dict(ticket.headers), dict(ticket.form_fields)
        return UploadTicket(file, ticket.method, ticket.url, headers, fields, ticket.expires_at)

    async def complete(self, viewer: Viewer, file_id: str) -> File:
        """Checks what has arrived; again for one that is READY it is the same file. Raises Conflict while nothing has
        arrived, BadUserInput or PayloadTooLarge for what is not taken: then the file is REJECTED."""
        file = await self._own(viewer, file_id)
        if file.state is FileState.READY:
            return file
        if file.state is FileState.REJECTED or file.upload_key is None:
            raise Conflict("文件没有通过检查，请重新上传", "The file was rejected: upload it anew.", field="fileId")
        try:
            async with self._intake.uploaded(file) as checked:
                ready = await self._keep(file, checked)
        except Conflict:
            if (file := await self._own(viewer, file_id)).state is FileState.READY:
                return file  # by another request in the meantime
            raise
        except (BadUserInput, PayloadTooLarge) as error:
            async with self._work() as work:
                await work.files.reject(file.id)
            await self._drop(file.upload_key)
            raise type(error)(error.zh, error.en, field="fileId") from None
        await self._drop(file.upload_key)
        return ready

    async def delete(self, viewer: Viewer, file_id: str) -> UUID:
        """Gone for its owner; where others still see it (a group, a book) it stays with the last of these uses."""
        known = parse_id(file_id)
        if known is None or not await self._give_up(viewer.user_id, known):
            raise no_such_file("id")
        return known

    def url(self, file: File, expires_s: int, thumbnail: int | None) -> str:
        """Signed now; it leads nowhere before the file is READY. Raises BadUserInput."""
        check_link(expires_s, thumbnail)
        return self._store.signed_url(file.key, expires_s, thumbnail)

    def _new(self, viewer: Viewer, upload: Upload, upload_key: str | None) -> File:
        now, file_id = self._clock(), new_id()
        kept_as = PDF_MIME if upload.mime == PDF_MIME else CLEAN_MIME
        return File(
            id=file_id,
            owner_id=viewer.user_id,
            purpose=upload.purpose,
            state=FileState.PENDING,
            mime=upload.mime,
            bytes=upload.bytes,
            width=None,
            height=None,
            bucket=self._store.bucket,
            key=new_key(upload.purpose.value, now, file_id, kept_as),
            upload_key=upload_key,
            sha256=upload.sha256,
            created_at=now,
            updated_at=now,
        )

    async def _check_quota(self, work: FileWork, viewer: Viewer) -> None:
        if await work.files.added_since(viewer.user_id, self._clock() - DAY) >= self.limits.a_day:
            raise RateLimited(HOUR_MS, "今天上传的文件太多了，请稍后再试", "Too many uploads today.")

    async def _keep(self, file: File, checked: Checked) -> File:
        """Objects first: a READY file always has them. What another request kept meanwhile is the same file."""
        await self._put(file, checked)
        async with self._work() as work:
            ready = await work.files.settle(file.id, checked.kept)
            if ready is None and file.owner_id is not None:
                ready = await work.files.own(file.owner_id, file.id)
        if ready is None or ready.state is not FileState.READY:
            await self._drop(file.key, thumbnail_key(file.key))
            raise no_such_file("fileId")
        return ready

    async def _put(self, file: File, checked: Checked) -> None:
        if checked.thumbnail is not None:
            await self._store.put(thumbnail_key(file.key), checked.thumbnail, checked.kept.mime)
        await self._store.put(file.key, checked.path, checked.kept.mime)

    async def _drop(self, *keys: str | None) -> None:
        """What cannot be removed now is removed by the nightly job."""
        with suppress(UpstreamUnavailable):
            for key in filter(None, keys):
                await self._store.delete(key)

    async def _give_up(self, owner_id: UUID, file_id: UUID) -> bool:
        async with self._work() as work:
            return await work.files.give_up(owner_id, file_id)

    async def _own(self, viewer: Viewer, file_id: str) -> File:
        known = parse_id(file_id)
        async with self._work() as work:
            file = await work.files.own(viewer.user_id, known) if known is not None else None
        if file is None:
            raise no_such_file("fileId")
        return file


def no_such_file(field: str) -> NotFound:
    return NotFound("没有找到这个文件", "No such file.", field=field)
