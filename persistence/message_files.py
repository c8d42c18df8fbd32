"""Statements on the files of messages inside a transaction."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select

from domain.chat.models import MessageKey
from domain.files.models import File
from domain.files.picture import CLEAN_MIME
from persistence.connection import Connection
from persistence.file_rows import FILE_COLUMNS, file_of
from persistence.files import doom_unused, lock, use
from persistence.tables.files import files, message_files


class MessageFileStatements:
    """Implements `domain.chat.ports.MessageFiles`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def attach(self, key: MessageKey, owner_id: UUID, file_ids: Sequence[UUID]) -> bool:
        if not await use(self._connection, owner_id, file_ids, files.c.mime == CLEAN_MIME):
            return False
        shown = [
            {"session_id": key.session_id, "seq": key.seq, "position": position, "file_id": file_id}
            for position, file_id in enumerate(file_ids)
        ]
        await self._connection.execute(insert(message_files), shown)
        return True

    async def of_messages(self, session_id: UUID, seqs: Sequence[int]) -> dict[int, list[File]]:
        query = (
            select(message_files.c.seq, *FILE_COLUMNS)
            .join_from(message_files, files, files.c.id == message_files.c.file_id)
            .where(message_files.c.session_id == session_id, message_files.c.seq.in_(seqs))
            .order_by(message_files.c.seq, message_files.c.position)
        )
        found: dict[int, list[File]] = defaultdict(list)
        for row in await self._connection.execute(query):
            found[row[0]].append(file_of(row[1:]))
        return found


async def detach(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    """Messages lose their files; what nothing uses any more goes."""
    shown: Any = select(message_files.c.file_id).where(*conditions).distinct()
    ids = await lock(connection, list(await connection.scalars(shown)))
    if ids:
        await connection.execute(delete(message_files).where(*conditions))
        await doom_unused(connection, ids)
