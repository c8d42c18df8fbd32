"""A test that asks for a database."""

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from migrations.current import newest
from migrations.run import head
from persistence.embedded.server import EmbeddedServer
from tests.postgres import fresh_database, run_sql


@pytest.mark.parametrize("round_number", [1, 2])
async def test_gets_a_migrated_one_that_no_other_test_wrote_to(database_dsn: str, round_number: int) -> None:
    engine = create_async_engine(database_dsn)
    async with engine.begin() as connection:
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all() == (
            [newest()]
        )
        await connection.execute(text("CREATE TABLE written AS SELECT 1"))
    await engine.dispose()


def test_is_told_the_newest_revision_without_alembic() -> None:
    assert newest() == head()


def test_leaves_none_behind(postgres: EmbeddedServer, template_database: str) -> None:
    with fresh_database(postgres, template_database) as dsn:
        name = make_url(dsn).database
        assert _databases(postgres, f"= '{name}'") == [name]
    assert _databases(postgres, f"= '{name}'") == []


def _databases(server: EmbeddedServer, condition: str) -> list[str]:
    return [row["datname"] for row in run_sql(server, f"SELECT datname FROM pg_database WHERE datname {condition}")]
