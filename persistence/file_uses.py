"""Statements on what uses files besides messages: records and faces."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, and_, delete, func, insert, select, update

from domain.files.models import File, FilePurpose
from persistence.arrays import unnested
from persistence.connection import Connection
from persistence.engine import Readable
from persistence.file_rows import FILE_COLUMNS, file_of
from persistence.files import doom_unused, lock, use
from persistence.prepared import Prepared
from persistence.tables.accounts import users
from persistence.tables.files import files, record_files
from persistence.tables.records import records

RECORD_KEYS = unnested("asked", owner=Uuid, record=Uuid)
OF_RECORDS = Prepared(
    select(RECORD_KEYS.c.owner, RECORD_KEYS.c.record, *FILE_COLUMNS)
    .select_from(
        RECORD_KEYS.join(records, and_(records.c.id == RECORD_KEYS.c.record, records.c.user_id == RECORD_KEYS.c.owner))
        .join(record_files, record_files.c.record_id == records.c.id)
        .join(files, files.c.id == record_files.c.file_id)
    )
    .order_by(record_files.c.position)
)
OF_PERSONS = (FilePurpose.REPORT.value, FilePurpose.CHAT_IMAGE.value)


class RecordFileStatements:
    """Implements `domain.records.ports.RecordFiles`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, record_id: UUID, owner_id: UUID, file_ids: Sequence[UUID]) -> bool:
        in_record = record_files.c.record_id == record_id
        before = list(await self._connection.scalars(select(record_files.c.file_id).where(in_record)))
        await lock(self._connection, [*before, *file_ids])
        if not await use(self._connection, owner_id, file_ids, files.c.purpose.in_(OF_PERSONS)):
            return False
        await self._connection.execute(delete(record_files).where(in_record))
        attached = [
            {"record_id": record_id, "position": position, "file_id": file_id}
            for position, file_id in enumerate(file_ids)
        ]
        if attached:
            await self._connection.execute(insert(record_files), attached)
        await doom_unused(self._connection, sorted(set(before) - set(file_ids)))
        return True


class AvatarStatements:
    """Implements `domain.accounts.ports.Avatars`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def wear(self, user_id: UUID, file_id: UUID | None) -> bool:
        worn = select(users.c.avatar_file_id).where(users.c.id == user_id, users.c.avatar_file_id.is_not(None))
        before = list(await self._connection.scalars(worn))
        wanted = [file_id] if file_id is not None else []
        await lock(self._connection, [*before, *wanted])
        if not await use(self._connection, user_id, wanted, files.c.purpose == FilePurpose.AVATAR.value):
            return False
        await self._connection.execute(
            update(users).where(users.c.id == user_id).values(avatar_file_id=file_id, updated_at=func.now())
        )
        await doom_unused(self._connection, sorted(set(before) - set(wanted)))
        return True


class RecordFileReadStatements:
    def __init__(self, database: Readable) -> None:
        self._database = database

    async def of_records(self, keys: Sequence[tuple[UUID, UUID]]) -> list[list[File]]:
        owners, records = [owner for owner, _ in keys], [record for _, record in keys]
        rows = await self._database.fetch(OF_RECORDS, owner=owners, record=records)
        found: dict[tuple[UUID, UUID], list[File]] = defaultdict(list)
        for row in rows:
            found[row[0], row[1]].append(file_of(row[2:]))
        return [found[key] for key in keys]
