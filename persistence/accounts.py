"""Accounts inside one transaction: one statement a method."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.accounts.models import Account, Device, RefreshToken, User
from domain.viewer import AccessRole
from persistence.account_rows import ACCOUNT_COLUMNS, account_of, user_values
from persistence.revocations import announce_device, announce_epoch
from persistence.tables.accounts import devices, refresh_tokens, users


class AccountStatements:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_user(self, user: User, username_key: str | None, password_hash: str | None) -> bool:
        values = {**user_values(user), "username_key": username_key, "password_hash": password_hash}
        added = insert(users).values(values).on_conflict_do_nothing().returning(users.c.id)
        return (await self._connection.execute(added)).first() is not None

    async def account_by_username(self, username_key: str) -> Account | None:
        return await self._account(users.c.username_key == username_key)

    async def account(self, user_id: UUID) -> Account | None:
        return await self._account(users.c.id == user_id)

    async def set_password(self, user_id: UUID, password_hash: str) -> None:
        await self._change_user(user_id, password_hash=password_hash)

    async def any_superadmin(self) -> bool:
        found = select(users.c.id).where(users.c.access_role == AccessRole.SUPERADMIN.value).exists()
        return bool(await self._connection.scalar(select(found)))

    async def add_device(self, device: Device, expires_at: datetime) -> None:
        await self._connection.execute(
            insert(devices).values(
                id=device.id,
                user_id=device.user_id,
                name=device.name,
                last_used_at=device.last_used_at,
                expires_at=expires_at,
            )
        )

    async def use_device(self, device_id: UUID, at: datetime, expires_at: datetime) -> None:
        used = update(devices).where(devices.c.id == device_id).values(last_used_at=at, expires_at=expires_at)
        await self._connection.execute(used)

    async def revoke_device(self, device_id: UUID, at: datetime) -> None:
        await self._revoke_devices(devices.c.id == device_id, at)
        await announce_device(self._connection, device_id)

    async def revoke_devices(self, user_id: UUID, at: datetime) -> int:
        await self._revoke_devices(devices.c.user_id == user_id, at)
        return await self.raise_epoch(user_id, at)

    async def raise_epoch(self, user_id: UUID, at: datetime) -> int:
        raised = update(users).where(users.c.id == user_id).values(epoch=users.c.epoch + 1, epoch_raised_at=at)
        epoch: int = (await self._connection.execute(raised.returning(users.c.epoch))).scalar_one()
        await announce_epoch(self._connection, user_id, epoch)
        return epoch

    async def revoke_surplus_devices(self, user_id: UUID, keep: int, at: datetime) -> None:
        mine = (devices.c.user_id == user_id) & devices.c.revoked_at.is_(None)
        surplus = select(devices.c.id).where(mine).order_by(devices.c.last_used_at.desc(), devices.c.id).offset(keep)
        for device_id in (await self._connection.scalars(surplus)).all():
            await self.revoke_device(device_id, at)

    async def add_refresh_token(self, token_hash: bytes, device_id: UUID, expires_at: datetime) -> None:
        added = insert(refresh_tokens).values(hash=token_hash, device_id=device_id, expires_at=expires_at)
        await self._connection.execute(added.on_conflict_do_nothing())

    async def refresh_token(self, token_hash: bytes) -> RefreshToken | None:
        device = select(refresh_tokens.c.device_id).where(refresh_tokens.c.hash == token_hash).scalar_subquery()
        await self._connection.execute(select(devices.c.id).where(devices.c.id == device).with_for_update())
        found = select(
            refresh_tokens.c.device_id,
            devices.c.user_id,
            refresh_tokens.c.superseded_at,
            refresh_tokens.c.expires_at,
            devices.c.revoked_at.is_not(None),
        ).select_from(refresh_tokens.join(devices))
        row = (await self._connection.execute(found.where(refresh_tokens.c.hash == token_hash))).first()
        return RefreshToken(*row) if row is not None else None

    async def supersede(self, token_hash: bytes, at: datetime) -> None:
        spent = update(refresh_tokens).where(refresh_tokens.c.hash == token_hash).values(superseded_at=at)
        await self._connection.execute(spent)

    async def _account(self, condition: ColumnElement[bool]) -> Account | None:
        row = (await self._connection.execute(select(*ACCOUNT_COLUMNS).where(condition))).first()
        return account_of(row) if row is not None else None

    async def _change_user(self, user_id: UUID, **values: Any) -> None:
        await self._connection.execute(
            update(users).where(users.c.id == user_id).values(updated_at=func.now(), **values)
        )

    async def _revoke_devices(self, condition: ColumnElement[bool], at: datetime) -> None:
        mine = condition & devices.c.revoked_at.is_(None)
        await self._connection.execute(update(devices).where(mine).values(revoked_at=at))
