"""The application's role and database inside the cluster."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg

from persistence.embedded.errors import EmbeddedPostgresError

APPLICATION = "wellmate"
"""The name of the role and of its database. The role is no superuser: SQL that went astray stays in its database."""
SUPERUSER = "postgres"
PORT = 5432
"""Nobody listens on it: it is a part of the socket's file name."""

NOT_YET = (
    OSError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""A server that is starting, or that is killed at this moment."""


def ensure_application_database(socket_dir: Path) -> bool:
    """False while the server does not take connections. Raises EmbeddedPostgresError."""
    # A thread of its own: the caller's may have a running event loop.
    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            thread.submit(asyncio.run, _ensure(socket_dir)).result()
        except NOT_YET:
            return False
        except asyncpg.PostgresError as error:
            raise EmbeddedPostgresError(f"PostgreSQL refuses to prepare the database {APPLICATION}: {error}") from error
    return True


async def _ensure(socket_dir: Path) -> None:
    connection = await asyncpg.connect(
        host=str(socket_dir), port=PORT, user=SUPERUSER, database=SUPERUSER, password="", ssl=False, timeout=10
    )
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", APPLICATION):
            await connection.execute(f"CREATE ROLE {APPLICATION} LOGIN")
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", APPLICATION):
            await connection.execute(f"CREATE DATABASE {APPLICATION} OWNER {APPLICATION}")
    finally:
        await connection.close()
