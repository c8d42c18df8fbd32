"""Whether a database needs migrating, told without alembic, whose import a start need not wait for."""

from pathlib import Path
from pkgutil import resolve_name

import asyncpg
from sqlalchemy import make_url

VERSIONS = Path(__file__).parent / "versions"


def newest() -> str:
    """The files of the linear chain begin with their revision."""
    return max(path.name for path in VERSIONS.glob("[0-9]*.py")).partition("_")[0]


async def bring_up_to_date(url: str) -> None:
    if await _revision(url) != newest():
        await resolve_name("migrations.run:upgrade")(url)


async def _revision(url: str) -> str | None:
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(False))
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision
    finally:
        await connection.close()
