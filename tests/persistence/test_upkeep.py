"""Keeping accounts in order over the years."""

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import FromClause, func, insert, select

from domain.accounts.models import CodePurpose
from domain.clock import new_id
from domain.errors import Conflict
from domain.secrets import SecretBox
from persistence.resealing import COLUMNS, reseal
from persistence.retention import drop_expired_credentials
from persistence.tables import everything, metadata
from persistence.tables.accounts import devices, refresh_tokens, users, verification_codes
from persistence.tables.assistant import api_configs
from tests.accounts import HERE, PHONE, World, opened

OLD, NEW = "the key of last year, long enough", "the key of this year, long enough"


async def count(world: World, table: FromClause) -> int:
    async with world.database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_what_has_expired_is_deleted_and_nothing_else(world: World) -> None:
    payload = await world.register()
    renewed = await world.renew(payload)
    await world.code(CodePurpose.LOGIN)
    await drop_expired_credentials(world.database, world.clock())
    assert [await count(world, table) for table in (verification_codes, refresh_tokens, devices)] == [1, 2, 1]
    world.clock.forward(minutes=6)
    await drop_expired_credentials(world.database, world.clock())
    assert [await count(world, table) for table in (verification_codes, refresh_tokens, devices)] == [0, 2, 1]
    assert (await world.renew(renewed)).user.id == payload.user.id
    world.clock.forward(days=31)
    await drop_expired_credentials(world.database, world.clock())
    assert [await count(world, table) for table in (refresh_tokens, devices)] == [0, 1]


async def test_a_device_is_remembered_as_long_as_it_says_when_somebody_was_seen(world: World) -> None:
    payload = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    await world.accounts.sign_out.logout(world.viewer(payload), all_devices=False)
    world.clock.forward(days=170)
    await drop_expired_credentials(world.database, world.clock())
    again = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    assert again.user.id == payload.user.id
    await world.accounts.sign_out.logout(world.viewer(again), all_devices=False)
    world.clock.forward(days=240)
    await drop_expired_credentials(world.database, world.clock())
    assert await count(world, devices) == 0
    code = await world.code(CodePurpose.LOGIN)
    with pytest.raises(Conflict):
        await world.accounts.phone.login(PHONE, code, HERE)


async def test_everything_sealed_goes_under_the_newest_key(database_dsn: str) -> None:
    async with opened(database_dsn, keys=[OLD]) as world:
        made = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
        await add_api_config(world, SecretBox([OLD]).seal("a vendor's key"))
    async with opened(database_dsn, keys=[NEW, OLD]) as world:
        assert await reseal(world.database, SecretBox([NEW, OLD])) == 2
        assert await reseal(world.database, SecretBox([NEW, OLD])) == 2
    async with opened(database_dsn, keys=[NEW]) as world:
        entered = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
        assert entered.user.id == made.user.id
        async with world.database.reading() as connection:
            sealed = (await connection.scalars(select(users.c.phone_sealed))).one()
            key = (await connection.scalars(select(api_configs.c.key_sealed))).one()
    assert [SecretBox([NEW]).open(text) for text in (sealed, key)] == ["+8613800138000", "a vendor's key"]
    with pytest.raises(InvalidToken):
        SecretBox([OLD]).open(sealed)


async def test_a_phone_is_found_under_every_key_that_is_still_set(database_dsn: str) -> None:
    async with opened(database_dsn, keys=[OLD]) as world:
        made = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    async with opened(database_dsn, keys=[NEW, OLD]) as world:
        entered = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    assert entered.user.id == made.user.id


def test_no_sealed_column_is_forgotten() -> None:
    assert everything.FILES
    columns = [column for table in metadata.tables.values() for column in table.c]
    sealed = {str(column) for column in columns if column.name.endswith("_sealed")}
    assert {str(column.text) for column in COLUMNS} == sealed


async def add_api_config(world: World, sealed: str) -> None:
    values = {"id": new_id(), "name": "n", "type": "FASTGPT", "base_url": "http://x", "key_sealed": sealed}
    async with world.database.transaction() as connection:
        await connection.execute(insert(api_configs).values(values))
