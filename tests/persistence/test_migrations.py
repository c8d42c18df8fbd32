"""The migrations …"""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from persistence.tables import metadata
from persistence.tables.everything import OWNED_ELSEWHERE


async def test_lead_to_the_tables_that_the_code_knows(database_dsn: str) -> None:
    engine = create_async_engine(database_dsn)
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    assert differences == []


def _differences(connection: Connection) -> list[object]:
    def include(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind == "table" and name is not None and name.startswith(OWNED_ELSEWHERE))

    context = MigrationContext.configure(connection, opts={"include_name": include, "compare_type": True})
    return list(compare_metadata(context, metadata))
