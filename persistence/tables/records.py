"""What people write down about their health."""

from sqlalchemy import ARRAY, Column, Index, Integer, Table, Text, text

from persistence.tables import metadata
from persistence.tables.columns import id_column, moment, reference

records = Table(
    "records",
    metadata,
    id_column(),
    reference("user_id", "users.id", ondelete="CASCADE"),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text),
    moment("occurred_at"),
    Column("tags", ARRAY(Text), nullable=False),
    Column("version", Integer, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    Column("client_key", Text),
    Index(None, "user_id", "occurred_at", "id"),
    Index(None, "client_key", "user_id", unique=True, postgresql_where=text("client_key IS NOT NULL")),
)
