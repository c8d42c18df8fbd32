"""Whether a database needs migrating, told without alembic, whose import a start need not wait for."""

from pathlib import Path
from pkgutil import resolve_name

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

VERSIONS = Path(__file__).parent / "versions"


def newest() -> str:
    """The files of the linear chain begin with their revision."""
    return max(path.name for path in VERSIONS.glob("[0-9]*.py")).partition("_")[0]


async def bring_up_to_date(url: str) -> None:
    if await _revision(url) != newest():
        await resolve_name("migrations.run:upgrade")(url)


async def _revision(url: str) -> str | None:
    engine = create_async_engine(url, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
                return None
            revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision
    finally:
        await engine.dispose()
