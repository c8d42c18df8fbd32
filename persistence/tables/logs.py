"""Log entries, in a partition a month: an old month goes at once. No foreign keys: they outlive what they name."""

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB, REAL, SMALLINT

from persistence.tables import metadata
from persistence.tables.columns import moment

log_entries = Table(
    "log_entries",
    metadata,
    Column("id", Uuid, nullable=False),
    moment("at"),
    Column("level", SMALLINT, nullable=False, comment="10 DEBUG, 20 INFO, 30 WARNING, 40 ERROR"),
    Column("kind", Text, nullable=False),
    Column("request_id", Text),
    Column("operation", Text),
    Column("status", SMALLINT),
    Column("duration_ms", REAL),
    Column("user_id", Uuid),
    Column("message", Text),
    Column("detail", JSONB(none_as_null=True)),
    PrimaryKeyConstraint("at", "id"),
    Index(None, "request_id"),
    Index(None, "user_id", "at", "id"),
    Index("log_entries_warnings_idx", "at", "id", postgresql_where=text("level >= 30")),
    postgresql_partition_by="RANGE (at)",
)
