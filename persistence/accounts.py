"""Accounts inside one transaction: one statement a method."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.accounts.models import Account, NewAccount, Sealed
from domain.viewer import AccessRole
from persistence.account_rows import ACCOUNT_COLUMNS, account_of, user_values
from persistence.connection import Transaction
from persistence.locks import AdvisoryLock
from persistence.revocations import announce_epoch
from persistence.tables.accounts import users


class AccountStatements:
    def __init__(self, connection: Transaction) -> None:
        self._connection = connection

    async def add(self, new: NewAccount) -> bool:
        values = {
            **user_values(new.user),
            "username_key": new.username_key,
            "password_hash": new.password_hash,
            **_sealed("phone", new.phone),
            **_sealed("wechat", new.wechat),
        }
        added = insert(users).values(values).on_conflict_do_nothing().returning(users.c.id)
        return (await self._connection.execute(added)).first() is not None

    async def account(self, user_id: UUID) -> Account | None:
        mine = select(*ACCOUNT_COLUMNS).where(users.c.id == user_id).with_for_update(key_share=True)
        row = (await self._connection.execute(mine)).first()
        return account_of(row) if row is not None else None

    async def by_username(self, username_key: str) -> Account | None:
        return await self._found(users.c.username_key == username_key)

    async def by_phone(self, hashes: Sequence[bytes]) -> Account | None:
        return await self._found(users.c.phone_hash.in_(hashes))

    async def by_wechat(self, hashes: Sequence[bytes]) -> Account | None:
        return await self._found(users.c.wechat_hash.in_(hashes))

    async def set_password(self, user_id: UUID, password_hash: str) -> None:
        await self._change(user_id, password_hash=password_hash)

    async def set_phone(self, user_id: UUID, phone: Sealed | None, masked: str | None) -> bool:
        return await self._change_unless_taken(user_id, phone=masked, **_sealed("phone", phone))

    async def set_wechat(self, user_id: UUID, openid: Sealed) -> bool:
        return await self._change_unless_taken(user_id, **_sealed("wechat", openid))

    async def change(self, user_id: UUID, changes: Mapping[str, Any]) -> None:
        await self._change(user_id, **_as_stored(changes))

    async def raise_epoch(self, user_id: UUID, at: datetime) -> int | None:
        raised = update(users).where(users.c.id == user_id).values(epoch=users.c.epoch + 1, epoch_raised_at=at)
        epoch: int | None = await self._connection.scalar(raised.returning(users.c.epoch))
        if epoch is not None:
            await announce_epoch(self._connection, user_id, epoch)
        return epoch

    async def any_superadmin(self) -> bool:
        found = select(users.c.id).where(users.c.access_role == AccessRole.SUPERADMIN.value).exists()
        return bool(await self._connection.scalar(select(found)))

    async def lock_active_superadmins(self) -> list[UUID]:
        await self._connection.execute(select(func.pg_advisory_xact_lock(AdvisoryLock.SUPERADMINS)))
        active = (users.c.access_role == AccessRole.SUPERADMIN.value) & users.c.is_active
        return list((await self._connection.scalars(select(users.c.id).where(active))).all())

    async def _found(self, condition: ColumnElement[bool]) -> Account | None:
        row = (await self._connection.execute(select(*ACCOUNT_COLUMNS).where(condition).limit(1))).first()
        return account_of(row) if row is not None else None

    async def _change(self, user_id: UUID, **values: Any) -> None:
        changed = update(users).where(users.c.id == user_id).values(updated_at=func.now(), **values)
        await self._connection.execute(changed)

    async def _change_unless_taken(self, user_id: UUID, **values: Any) -> bool:
        try:
            async with self._connection.attempt():
                await self._change(user_id, **values)
        except asyncpg.UniqueViolationError:
            return False
        return True


def _as_stored(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Enum) else value for name, value in changes.items()}


def _sealed(name: str, value: Sealed | None) -> dict[str, Any]:
    return {
        f"{name}_sealed": value.text if value is not None else None,
        f"{name}_hash": value.hash if value is not None else None,
    }
