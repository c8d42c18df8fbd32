"""The pool of connections for single reads …"""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, cast, func, literal, select

from persistence.pool import Pool
from persistence.prepared import Prepared

DOUBLED = Prepared(select(literal(2) * cast(bindparam("number"), Integer)))
SLOWLY = Prepared(select(func.pg_sleep(60)))
WHO = Prepared(select(func.pg_backend_pid()))
KILL = Prepared(select(func.pg_terminate_backend(cast(bindparam("pid"), Integer))))
BUSY = Prepared(select(func.pg_backend_pid(), func.pg_sleep(0.05)))


@pytest.fixture
async def pool(database_dsn: str) -> AsyncIterator[Pool]:
    pool = Pool(database_dsn, 2)
    yield pool
    await pool.close()


async def test_binds_by_name_and_keeps_what_the_statement_was_built_with(pool: Pool) -> None:
    assert [tuple(row) for row in await pool.fetch(DOUBLED, {"number": 21})] == [(42,)]


async def test_opens_no_more_connections_than_it_may(pool: Pool) -> None:
    answers = await asyncio.gather(*(pool.fetch(BUSY, {}) for _ in range(6)))
    assert len({rows[0][0] for rows in answers}) == 2
    assert pool.in_use == 0


async def test_uses_a_connection_again(pool: Pool) -> None:
    assert await pool.fetch(WHO, {}) == await pool.fetch(WHO, {})


async def test_gives_up_the_connection_of_a_read_that_was_cancelled(pool: Pool) -> None:
    before = await pool.fetch(WHO, {})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await pool.fetch(SLOWLY, {})
    assert pool.in_use == 0
    assert await pool.fetch(WHO, {}) != before


async def test_opens_another_connection_for_one_that_was_lost(pool: Pool) -> None:
    [[first]] = await pool.fetch(WHO, {})
    with pytest.raises(asyncpg.PostgresError):
        await pool.fetch(KILL, {"pid": first})
    [[second]] = await pool.fetch(WHO, {})
    assert second != first
