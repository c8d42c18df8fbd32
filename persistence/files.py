"""Statements on files inside a transaction, and batched reads of them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from domain.files.models import File, FilePurpose, FileState, Kept
from persistence.arrays import unnested
from persistence.connection import Connection
from persistence.engine import Readable
from persistence.file_rows import FILE_COLUMNS, file_of, file_values
from persistence.jobs import JobStatements
from persistence.prepared import Prepared
from persistence.tables.accounts import users
from persistence.tables.books import treasure_books
from persistence.tables.chat import chat_sessions, session_members
from persistence.tables.files import files, message_files, record_files

REMOVAL = "remove-files"
USES = (message_files.c.file_id, record_files.c.file_id, treasure_books.c.file_id, users.c.avatar_file_id)
IN_USE = or_(*(select(literal(1)).where(column == files.c.id).exists() for column in USES))
GONE_SESSIONS = select(chat_sessions.c.id).where(chat_sessions.c.deleted_at.is_not(None))
READY, PENDING, DELETED = FileState.READY.value, FileState.PENDING.value, FileState.DELETED.value

OWN_KEYS = unnested("asked", owner=Uuid, file=Uuid)
OWN = select(*FILE_COLUMNS).join_from(
    OWN_KEYS,
    files,
    and_(
        files.c.id == OWN_KEYS.c.file,
        files.c.owner_id == OWN_KEYS.c.owner,
        files.c.state != DELETED,
        files.c.given_up_at.is_(None),
    ),
)
OWN_FILES = Prepared(OWN)
AVATARS = Prepared(OWN.where(files.c.state == READY, files.c.purpose == FilePurpose.AVATAR.value))


async def lock(connection: Connection, ids: Sequence[UUID], *conditions: ColumnElement[bool]) -> list[UUID]:
    """The rows that hold, always in the same order: whoever uses a file and whoever deletes it wait for each other."""
    found = select(files.c.id).where(_among(ids), *conditions).order_by(files.c.id)
    return list(await connection.scalars(found.with_for_update(key_share=True)))


async def use(connection: Connection, owner_id: UUID, ids: Sequence[UUID], *conditions: ColumnElement[bool]) -> bool:
    """Whether all of them are READY files of this owner for which the conditions hold; then nobody deletes them
    before the end of the transaction, which is to say what uses them."""
    usable = (files.c.owner_id == owner_id, files.c.state == READY, files.c.given_up_at.is_(None), *conditions)
    if len(await lock(connection, ids, *usable)) < len(ids):
        return False
    await connection.execute(update(files).where(_among(ids)).values(used_at=func.now()))
    return True


async def doom_unused(connection: Connection, ids: Sequence[UUID], *conditions: ColumnElement[bool]) -> None:
    """Of these locked files, those that nothing uses any more. Their objects go right after the transaction."""
    doomed = (
        update(files)
        .where(_among(ids), files.c.state != DELETED, ~IN_USE, *conditions)
        .values(state=DELETED, updated_at=func.now())
    )
    if (await connection.execute(doomed)).rowcount:
        await JobStatements(connection).enqueue_chore(REMOVAL)


class FileStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, file: File) -> None:
        await self._connection.execute(insert(files).values(file_values(file)))

    async def own(self, owner_id: UUID, file_id: UUID) -> File | None:
        row = (await self._connection.execute(OWN, {"owner": [owner_id], "file": [file_id]})).first()
        return file_of(row) if row is not None else None

    async def settle(self, file_id: UUID, kept: Kept) -> File | None:
        settled = (
            update(files)
            .where(files.c.id == file_id, files.c.state == PENDING)
            .values(
                state=READY,
                mime=kept.mime,
                bytes=kept.bytes,
                width=kept.width,
                height=kept.height,
                sha256=kept.sha256,
                updated_at=func.now(),
            )
            .returning(*FILE_COLUMNS)
        )
        row = (await self._connection.execute(settled)).first()
        return file_of(row) if row is not None else None

    async def reject(self, file_id: UUID) -> None:
        await self._connection.execute(
            update(files)
            .where(files.c.id == file_id, files.c.state == PENDING)
            .values(state=FileState.REJECTED.value, updated_at=func.now())
        )

    async def give_up(self, owner_id: UUID, file_id: UUID) -> bool:
        owned = await lock(self._connection, [file_id], files.c.owner_id == owner_id)
        if not owned:
            return False
        await self._leave_private_uses(owner_id, file_id)
        await self._connection.execute(update(files).where(files.c.id == file_id).values(given_up_at=func.now()))
        await doom_unused(self._connection, owned)
        return True

    async def _leave_private_uses(self, owner_id: UUID, file_id: UUID) -> None:
        others = select(literal(1)).where(
            session_members.c.session_id == message_files.c.session_id, session_members.c.user_id != owner_id
        )
        await self._connection.execute(
            delete(message_files).where(message_files.c.file_id == file_id, ~others.exists())
        )
        await self._connection.execute(delete(record_files).where(record_files.c.file_id == file_id))
        await self._connection.execute(
            update(users).where(users.c.avatar_file_id == file_id).values(avatar_file_id=None)
        )

    async def added_since(self, owner_id: UUID, since: datetime) -> int:
        counted = select(func.count()).where(files.c.owner_id == owner_id, files.c.created_at >= since)
        return int((await self._connection.execute(counted)).scalar())

    async def doom_abandoned(self, before: datetime, limit: int) -> int:
        """Whoever begins to use one meanwhile changes its `used_at`, or the lock is had first and it is gone."""
        await self._connection.execute(delete(message_files).where(message_files.c.session_id.in_(GONE_SESSIONS)))
        abandoned = or_(
            and_(files.c.used_at.is_(None), files.c.created_at < before),
            and_(files.c.used_at.is_not(None), files.c.used_at < before),
            files.c.owner_id.is_(None),
        )
        found = select(files.c.id).where(files.c.state != DELETED, abandoned, ~IN_USE).limit(limit)
        ids = await lock(self._connection, list(await self._connection.scalars(found)), abandoned)
        await doom_unused(self._connection, ids)
        return len(ids)

    async def doomed(self, bucket: str, limit: int) -> list[File]:
        return await self._some(limit, files.c.state == DELETED, files.c.removed_at.is_(None), files.c.bucket == bucket)

    async def removed(self, ids: Sequence[UUID]) -> None:
        gone = update(files).where(_among(ids), files.c.removed_at.is_(None))
        await self._connection.execute(gone.values(removed_at=func.now()))

    async def spent_uploads(self, bucket: str, before: datetime, limit: int) -> list[File]:
        return await self._some(
            limit,
            files.c.upload_key.is_not(None),
            files.c.state == READY,
            files.c.created_at < before,
            files.c.bucket == bucket,
        )

    async def forget_uploads(self, ids: Sequence[UUID]) -> None:
        await self._connection.execute(update(files).where(_among(ids)).values(upload_key=None))

    async def forget_removed(self, before: datetime) -> None:
        await self._connection.execute(delete(files).where(files.c.removed_at < before))

    async def _some(self, limit: int, *conditions: ColumnElement[bool]) -> list[File]:
        query = select(*FILE_COLUMNS).where(*conditions).order_by(files.c.id).limit(limit)
        return [file_of(row) for row in await self._connection.execute(query)]


class FileReadStatements:
    def __init__(self, database: Readable) -> None:
        self._database = database

    async def own(self, keys: Sequence[tuple[UUID, UUID]]) -> list[File | None]:
        return await self._by_owner(OWN_FILES, keys)

    async def avatars(self, keys: Sequence[tuple[UUID, UUID]]) -> list[File | None]:
        return await self._by_owner(AVATARS, keys)

    async def _by_owner(self, query: Prepared, keys: Sequence[tuple[UUID, UUID]]) -> list[File | None]:
        owners, ids = [owner for owner, _ in keys], [file_id for _, file_id in keys]
        rows = await self._database.fetch(query, owner=owners, file=ids)
        found = {(file.owner_id, file.id): file for file in map(file_of, rows)}
        return [found.get(key) for key in keys]


def _among(ids: Sequence[UUID]) -> ColumnElement[bool]:
    return files.c.id == any_(literal(list(ids), ARRAY(Uuid)))
