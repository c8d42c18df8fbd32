"""What admins publish."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, text

from persistence.tables import metadata
from persistence.tables.columns import id_column, reference, timestamps

treasure_books = Table(
    "treasure_books",
    metadata,
    id_column(),
    Column("title", Text, nullable=False),
    Column("link", Text),
    Column("summary", Text),
    Column("category", Text),
    Column("position", Integer, nullable=False),
    Column("published", Boolean, nullable=False),
    *timestamps(),
    reference("file_id", "files.id", nullable=True),
    Index(None, "file_id", postgresql_where=text("file_id IS NOT NULL")),
)
