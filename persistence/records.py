"""Statements on records: inside a transaction, and batched reads outside, the owner in every `where`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, any_, delete, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.files.models import File
from domain.paging import Page
from domain.records.models import Record, RecordFilter, RecordKind
from persistence.arrays import unnested
from persistence.connection import Connection
from persistence.engine import Readable
from persistence.file_uses import RecordFileReadStatements
from persistence.keyset import after_moment, moment_cursor, read_slice
from persistence.prepared import Prepared
from persistence.tables.records import records

COLUMNS = tuple(column for column in records.c if column.name != "client_key")
KEYS = unnested("asked", owner=Uuid, record=Uuid)
MINE = and_(records.c.user_id == KEYS.c.owner, records.c.id == KEYS.c.record)
OWN = Prepared(select(*COLUMNS).select_from(KEYS.join(records, MINE)))


class RecordStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, record: Record, client_key: str | None) -> bool:
        statement = (
            upsert(records)
            .values(**_row_of(record), client_key=client_key)
            .on_conflict_do_nothing(
                index_elements=["client_key", "user_id"], index_where=records.c.client_key.is_not(None)
            )
            .returning(records.c.id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def created(self, user_id: UUID, client_key: str) -> Record | None:
        return await self._one(_of(user_id).where(records.c.client_key == client_key))

    async def owned(self, user_id: UUID, record_id: UUID) -> Record | None:
        return await self._one(_of(user_id).where(records.c.id == record_id).with_for_update())

    async def replace(self, record: Record) -> None:
        await self._connection.execute(update(records).where(records.c.id == record.id).values(_row_of(record)))

    async def delete(self, record_id: UUID) -> None:
        await self._connection.execute(delete(records).where(records.c.id == record_id))

    async def _one(self, query: Select[Any]) -> Record | None:
        row = (await self._connection.execute(query)).first()
        return _record_of(row) if row is not None else None


class RecordReadStatements:
    def __init__(self, database: Readable) -> None:
        self._database = database

    async def records(self, keys: Sequence[tuple[UUID, UUID]]) -> list[Record | None]:
        rows = await self._database.fetch(OWN, owner=[key[0] for key in keys], record=[key[1] for key in keys])
        found = {(record.user_id, record.id): record for record in map(_record_of, rows)}
        return [found.get(key) for key in keys]

    async def files(self, keys: Sequence[tuple[UUID, UUID]]) -> list[list[File]]:
        return await RecordFileReadStatements(self._database).of_records(keys)

    async def page(self, user_id: UUID, wanted: RecordFilter, *, limit: int, after: str | None) -> Page[Record]:
        query = _filtered(_of(user_id), wanted)
        mark = after_moment(after)
        async with self._database.reading() as connection:
            found = await read_slice(connection, query, (records.c.occurred_at, records.c.id), limit=limit, after=mark)
        return Page.of(list(map(_record_of, found.rows)), _cursor, more=found.more, earlier=found.earlier)


def _of(user_id: UUID) -> Select[Any]:
    return select(*COLUMNS).where(records.c.user_id == user_id)


def _filtered(query: Select[Any], wanted: RecordFilter) -> Select[Any]:
    conditions = []
    if wanted.kind is not None:
        conditions.append(records.c.kind == wanted.kind.value)
    if wanted.tag is not None:
        conditions.append(literal(wanted.tag) == any_(records.c.tags))
    if wanted.text is not None:
        contains = [column.icontains(wanted.text, autoescape=True) for column in (records.c.title, records.c.body)]
        conditions.append(or_(*contains))
    if wanted.start is not None:
        conditions.append(records.c.occurred_at >= wanted.start)
    if wanted.end is not None:
        conditions.append(records.c.occurred_at < wanted.end)
    return query.where(*conditions)


def _record_of(row: Sequence[Any]) -> Record:
    id_, user_id, kind, title, body, occurred_at, tags, *rest = row
    return Record(id_, user_id, RecordKind(kind), title, body, occurred_at, tuple(tags), *rest)


def _row_of(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "user_id": record.user_id,
        "kind": record.kind.value,
        "title": record.title,
        "body": record.body,
        "occurred_at": record.occurred_at,
        "tags": list(record.tags),
        "version": record.version,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }


def _cursor(record: Record) -> str:
    return moment_cursor(record.occurred_at, record.id)
