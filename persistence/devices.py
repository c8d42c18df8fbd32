"""Devices and their refresh tokens inside one transaction: one statement a method."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.accounts.models import Device, RefreshToken
from persistence.connection import Connection
from persistence.revocations import announce_device
from persistence.tables.accounts import devices, refresh_tokens


class DeviceStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, device: Device, expires_at: datetime, address_hash: bytes) -> None:
        await self._connection.execute(
            insert(devices).values(
                id=device.id,
                user_id=device.user_id,
                name=device.name,
                last_used_at=device.last_used_at,
                expires_at=expires_at,
                address_hash=address_hash,
            )
        )

    async def use(self, device_id: UUID, at: datetime, expires_at: datetime, address_hash: bytes) -> None:
        used = update(devices).where(devices.c.id == device_id)
        await self._connection.execute(used.values(last_used_at=at, expires_at=expires_at, address_hash=address_hash))

    async def revoke(self, device_id: UUID, at: datetime) -> None:
        await self._revoke(devices.c.id == device_id, at)
        await announce_device(self._connection, device_id)

    async def revoke_all(self, user_id: UUID, at: datetime) -> None:
        await self._revoke(devices.c.user_id == user_id, at)

    async def revoke_surplus(self, user_id: UUID, keep: int, at: datetime) -> None:
        mine = (devices.c.user_id == user_id) & devices.c.revoked_at.is_(None)
        surplus = select(devices.c.id).where(mine).order_by(devices.c.last_used_at.desc(), devices.c.id).offset(keep)
        for device_id in (await self._connection.scalars(surplus)).all():
            await self.revoke(device_id, at)

    async def last_used_at(self, user_id: UUID) -> datetime | None:
        used = select(func.max(devices.c.last_used_at)).where(devices.c.user_id == user_id)
        last: datetime | None = await self._connection.scalar(used)
        return last

    async def is_known_address(self, user_id: UUID, address_hash: bytes) -> bool:
        known = select(devices.c.id).where(devices.c.user_id == user_id, devices.c.address_hash == address_hash)
        return bool(await self._connection.scalar(select(known.exists())))

    async def add_token(self, token_hash: bytes, device_id: UUID, expires_at: datetime) -> None:
        added = insert(refresh_tokens).values(hash=token_hash, device_id=device_id, expires_at=expires_at)
        await self._connection.execute(added.on_conflict_do_nothing())

    async def token(self, token_hash: bytes) -> RefreshToken | None:
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

    async def _revoke(self, condition: ColumnElement[bool], at: datetime) -> None:
        mine = condition & devices.c.revoked_at.is_(None)
        await self._connection.execute(update(devices).where(mine).values(revoked_at=at))
