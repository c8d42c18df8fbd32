"""Puts what is encrypted at rest under the newest key, so that older ones can be taken out of the settings."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Table, bindparam, select, update

from domain.secrets import SecretBox
from persistence.engine import Database
from persistence.tables.accounts import users
from persistence.tables.assistant import api_configs

BATCH = 500


class Sealed(NamedTuple):
    """A column of sealed texts, and the one of the keyed hashes that they are found by."""

    text: Column[Any]
    hash: Column[Any] | None

    @property
    def table(self) -> Table:
        return self.text.table


COLUMNS = (
    Sealed(users.c.phone_sealed, users.c.phone_hash),
    Sealed(users.c.wechat_sealed, users.c.wechat_hash),
    Sealed(api_configs.c.key_sealed, None),
)


async def reseal(database: Database, box: SecretBox) -> int:
    """How many texts there were. Safe to run while the server serves, and again after it was cut off."""
    return sum([await _reseal_column(database, box, column) for column in COLUMNS])


async def _reseal_column(database: Database, box: SecretBox, column: Sealed) -> int:
    count, last = 0, UUID(int=0)
    while rows := await _reseal_batch(database, box, column, last):
        count, last = count + len(rows), rows[-1][0]
    return count


async def _reseal_batch(database: Database, box: SecretBox, column: Sealed, after: UUID) -> Sequence[Sequence[Any]]:
    key = column.table.c.id
    batch = select(key, column.text).where(key > after, column.text.is_not(None)).order_by(key).limit(BATCH)
    async with database.transaction() as connection:
        rows = (await connection.execute(batch.with_for_update())).all()
        if rows:
            await connection.execute(_change(column), [_renewed(box, column, row) for row in rows])
    return rows


def _change(column: Sealed) -> Any:
    values: dict[Column[Any], Any] = {column.text: bindparam("text")}
    if column.hash is not None:
        values[column.hash] = bindparam("found_by")
    return update(column.table).where(column.table.c.id == bindparam("row")).values(values)


def _renewed(box: SecretBox, column: Sealed, row: Sequence[Any]) -> dict[str, Any]:
    row_id, sealed = row
    opened = box.open(sealed)
    found_by = {"found_by": box.lookup_hash(opened)} if column.hash is not None else {}
    return {"row": row_id, "text": box.seal(opened)} | found_by
