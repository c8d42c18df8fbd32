"""Whether a database needs migrating, told without alembic, whose import a start need not wait for."""

from pathlib import Path
from pkgutil import resolve_name

import asyncpg

from persistence.dsn import dsn_of

VERSIONS = Path(__file__).parent / "versions"


def newest() -> str:
    """The files of the linear chain begin with their revision."""
    return max(path.name for path in VERSIONS.glob("[0-9]*.py")).partition("_")[0]


async def bring_up_to_date(url: str) -> None:
    if await _revision(url) != newest():
        await resolve_name("migrations.run:upgrade")(url)


async def _revision(url: str) -> str | None:
    connection = await asyncpg.connect(dsn_of(url))
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision
    finally:
        await connection.close()
