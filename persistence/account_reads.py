"""Batched reads of accounts: one statement whatever the number of keys."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, bindparam, func, or_, select

from domain.accounts.models import Device, User, UserFilter
from domain.needs import Needs
from domain.paging import Page, bad_cursor, decode_cursor, encode_cursor
from persistence.account_rows import USER_COLUMNS, USER_ROWS, user_of
from persistence.engine import Readable
from persistence.keyset import read_slice
from persistence.narrow import Narrow
from persistence.prepared import Prepared
from persistence.tables.accounts import devices, users

IDS = bindparam("ids", type_=ARRAY(Uuid))
USERS: Narrow[User] = Narrow(
    USER_ROWS, lambda columns: Prepared(select(*columns).where(users.c.id == any_(IDS))), 0, ("id",)
)
DEVICES = Prepared(
    select(devices.c.id, devices.c.user_id, devices.c.name, devices.c.last_used_at)
    .where(devices.c.user_id == any_(IDS), devices.c.revoked_at.is_(None), devices.c.expires_at > func.now())
    .order_by(devices.c.last_used_at.desc(), devices.c.id)
)


class AccountReadStatements:
    def __init__(self, database: Readable) -> None:
        self._database = database

    async def users(self, ids: Sequence[UUID], needs: Needs | None = None) -> list[User | None]:
        shape = USERS.shape(needs)
        found = {user.id: user for user in shape.read(await self._database.fetch(shape.statement, ids=ids))}
        return [found.get(user_id) for user_id in ids]

    async def devices(self, user_ids: Sequence[UUID]) -> list[list[Device]]:
        rows = await self._database.fetch(DEVICES, ids=user_ids)
        found: dict[UUID, list[Device]] = defaultdict(list)
        for row in rows:
            found[row[1]].append(Device(*row))
        return [found[user_id] for user_id in user_ids]

    async def page(self, asked: UserFilter, *, limit: int, after: str | None) -> Page[User]:
        query = select(*USER_COLUMNS).where(*_conditions(asked))
        async with self._database.reading() as connection:
            found = await read_slice(connection, query, (users.c.id,), limit=limit, after=_mark(after))
        return Page.of(list(map(user_of, found.rows)), _cursor, more=found.more, earlier=found.earlier)


def _conditions(asked: UserFilter) -> Iterator[ColumnElement[bool]]:
    if asked.care_role is not None:
        yield users.c.care_role == asked.care_role.value
    if asked.access_role is not None:
        yield users.c.access_role == asked.access_role.value
    if asked.text is not None:
        names = (users.c.username, users.c.nickname, users.c.full_name)
        parts = [name.icontains(asked.text, autoescape=True) for name in names]
        yield or_(*parts, users.c.phone_hash.in_(asked.phone_hashes))


def _cursor(user: User) -> str:
    return encode_cursor(str(user.id))


def _mark(after: str | None) -> tuple[UUID] | None:
    """Ids are in the order of time."""
    if after is None:
        return None
    [user_id] = decode_cursor(after, str)
    try:
        return (UUID(str(user_id)),)
    except ValueError as error:
        raise bad_cursor() from error
