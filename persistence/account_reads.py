"""Batched reads of accounts: one statement whatever the number of keys."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select

from domain.accounts.models import Device, User
from persistence.account_rows import USER_COLUMNS, user_of
from persistence.engine import Database
from persistence.tables.accounts import devices, users

IDS = bindparam("ids", type_=ARRAY(Uuid))
USERS = select(*USER_COLUMNS).where(users.c.id == any_(IDS))
DEVICES = (
    select(devices.c.id, devices.c.user_id, devices.c.name, devices.c.last_used_at)
    .where(devices.c.user_id == any_(IDS), devices.c.revoked_at.is_(None), devices.c.expires_at > func.now())
    .order_by(devices.c.last_used_at.desc(), devices.c.id)
)


class AccountReadStatements:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def users(self, ids: Sequence[UUID]) -> list[User | None]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(USERS, {"ids": list(ids)})).all()
        found = {row[0]: user_of(row) for row in rows}
        return [found.get(user_id) for user_id in ids]

    async def devices(self, user_ids: Sequence[UUID]) -> list[list[Device]]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(DEVICES, {"ids": list(user_ids)})).all()
        found: dict[UUID, list[Device]] = defaultdict(list)
        for row in rows:
            found[row[1]].append(Device(*row))
        return [found[user_id] for user_id in user_ids]
