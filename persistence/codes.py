"""Codes sent by text message, only ever hashed. In PostgreSQL, so that every process knows them without Redis."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from domain.accounts.models import CodePurpose
from persistence.connection import Connection
from persistence.tables.accounts import verification_codes as codes


class CodeStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(
        self, phone_hash: bytes, purpose: CodePurpose, code_hash: bytes, tries: int, expires_at: datetime
    ) -> None:
        code = {"code_hash": code_hash, "tries_left": tries, "expires_at": expires_at}
        added = insert(codes).values(phone_hash=phone_hash, purpose=purpose.value, **code)
        await self._connection.execute(
            added.on_conflict_do_update(index_elements=[codes.c.phone_hash, codes.c.purpose], set_=code)
        )

    async def count_try(self, phone_hash: bytes, purpose: CodePurpose, at: datetime) -> bytes | None:
        live = (codes.c.tries_left > 0) & (codes.c.expires_at > at)
        tried = update(codes).where(codes.c.phone_hash == phone_hash, codes.c.purpose == purpose.value, live)
        counted = tried.values(tries_left=codes.c.tries_left - 1).returning(codes.c.code_hash)
        code_hash: bytes | None = await self._connection.scalar(counted)
        return code_hash

    async def remove(self, phone_hash: bytes, purpose: CodePurpose) -> None:
        spent = delete(codes).where(codes.c.phone_hash == phone_hash, codes.c.purpose == purpose.value)
        await self._connection.execute(spent)
