"""Statements on the audit trail."""

from dataclasses import asdict
from itertools import starmap

from sqlalchemy import insert, select

from domain.audit import AuditEntry, AuditFilter
from domain.paging import Page
from persistence.connection import Connection
from persistence.engine import Database
from persistence.keyset import after_moment, moment_cursor, read_slice
from persistence.tables.audit import audit_entries


class AuditStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, entry: AuditEntry) -> None:
        await self._connection.execute(insert(audit_entries).values(**asdict(entry)))


class AuditReadStatements:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self, wanted: AuditFilter, *, limit: int, after: str | None) -> Page[AuditEntry]:
        query = select(audit_entries)
        if wanted.actor_id is not None:
            query = query.where(audit_entries.c.actor_id == wanted.actor_id)
        if wanted.target_id is not None:
            query = query.where(audit_entries.c.target_id == wanted.target_id)
        order = (audit_entries.c.at, audit_entries.c.id)
        async with self._database.reading() as connection:
            found = await read_slice(connection, query, order, limit=limit, after=after_moment(after))
        return Page.of(list(starmap(AuditEntry, found.rows)), _cursor, more=found.more, earlier=found.earlier)


def _cursor(entry: AuditEntry) -> str:
    return moment_cursor(entry.at, entry.id)
