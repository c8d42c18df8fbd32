"""Who changed what. Without foreign keys: the trail outlives whom and what it names."""

from sqlalchemy import ARRAY, Column, Index, Table, Text, Uuid

from persistence.tables import metadata
from persistence.tables.columns import id_column, moment

audit_entries = Table(
    "audit_entries",
    metadata,
    id_column(),
    moment("at"),
    Column("actor_id", Uuid, comment="null: at the command line"),
    Column("action", Text, nullable=False),
    Column("target_kind", Text, nullable=False),
    Column("target_id", Uuid, nullable=False),
    Column("changed", ARRAY(Text), nullable=False),
    Column("before", Text, comment="SHA-256 in hex; null: it was not"),
    Column("after", Text),
    Column("request_id", Text),
    Index(None, "at", "id"),
    Index(None, "target_id", "at", "id"),
    Index(None, "actor_id", "at", "id"),
)
