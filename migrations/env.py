"""Alembic's entry: run over the connection that `migrations.run.upgrade` hands in, or over the URL of `-x url=`."""

import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from persistence.tables import metadata
from persistence.tables.everything import OWNED_ELSEWHERE


def include(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(OWNED_ELSEWHERE))


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, include_name=include, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_by_url(url: str) -> None:
    engine = create_async_engine(url, hide_parameters=True)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    asyncio.run(run_by_url(context.get_x_argument(as_dictionary=True)["url"]))
