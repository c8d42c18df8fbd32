"""Writing down, changing and finding records. Only their owner does any of it."""

from dataclasses import replace
from uuid import UUID

from domain.clock import Clock, new_id, parse_id
from domain.errors import Conflict, NotFound
from domain.paging import Page, page_size
from domain.records.models import MAX_CLIENT_KEY, Record, RecordFilter, Written
from domain.records.ports import OpensWork, RecordReads, RecordWork
from domain.records.rules import applied, check_filter, clean_files, no_such_file
from domain.texts import clean_key
from domain.unset import UNSET
from domain.viewer import Viewer


class RecordService:
    def __init__(self, work: OpensWork[RecordWork], reads: RecordReads, clock: Clock) -> None:
        self._work = work
        self._reads = reads
        self._clock = clock

    async def create(self, viewer: Viewer, written: Written, client_key: str | None) -> Record:
        """Once for each client key; repeated, it gives the record as it is now."""
        if client_key is not None:
            clean_key(client_key, field="clientKey", most=MAX_CLIENT_KEY)
        new = applied(written, self._blank(viewer, written))
        async with self._work() as work:
            if await work.records.add(new, client_key) or client_key is None:
                await _attach(work, new, written)
                return new
            first = await work.records.created(viewer.user_id, client_key)
        if first is None:
            raise NotFound(field="clientKey")
        return first

    async def update(self, viewer: Viewer, record_id: str, expected_version: int, written: Written) -> Record:
        """Raises Conflict when somebody changed it since the version that the writer saw."""
        async with self._work() as work:
            record = await _guarded(work, viewer, parse_id(record_id))
            if record.version != expected_version:
                raise Conflict(
                    "记录已在别处被修改，请刷新后再试",
                    f"The record has changed meanwhile: it is at version {record.version}.",
                    field="expectedVersion",
                )
            changed = replace(applied(written, record), version=record.version + 1, updated_at=self._clock())
            await work.records.replace(changed)
            await _attach(work, changed, written)
        return changed

    async def delete(self, viewer: Viewer, record_id: str) -> UUID:
        async with self._work() as work:
            record = await _guarded(work, viewer, parse_id(record_id))
            await work.record_files.put(record.id, viewer.user_id, ())
            await work.records.delete(record.id)
        return record.id

    async def page(self, viewer: Viewer, wanted: RecordFilter, *, first: int, after: str | None) -> Page[Record]:
        """Newest first."""
        check_filter(wanted)
        return await self._reads.page(viewer.user_id, wanted, limit=page_size(first), after=after)

    def _blank(self, viewer: Viewer, written: Written) -> Record:
        now = self._clock()
        return Record(new_id(), viewer.user_id, written.kind, "", None, now, (), 1, now, now)


async def _guarded(work: RecordWork, viewer: Viewer, record_id: UUID | None) -> Record:
    """The one way to a record that is to change. Raises NotFound unless it is the viewer's."""
    record = await work.records.owned(viewer.user_id, record_id) if record_id is not None else None
    if record is None:
        raise NotFound("没有找到这条记录", "No such record.", field="id")
    return record


async def _attach(work: RecordWork, record: Record, written: Written) -> None:
    if written.file_ids is UNSET:
        return
    file_ids = clean_files(written.file_ids or ())
    if not await work.record_files.put(record.id, record.user_id, file_ids):
        raise no_such_file()
