"""Where a database is, in asyncpg's words."""

from sqlalchemy import make_url


def dsn_of(url: str) -> str:
    """`url`: as SQLAlchemy takes it, postgresql+asyncpg://…"""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
