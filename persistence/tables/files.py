"""Files, and what uses them."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, PrimaryKeyConstraint, Table, Text, Uuid, text

from persistence.tables import metadata
from persistence.tables.columns import id_column, moment, reference, timestamps

files = Table(
    "files",
    metadata,
    id_column(),
    reference("owner_id", "users.id", nullable=True, ondelete="SET NULL"),
    Column("purpose", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("mime", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("bucket", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("upload_key", Text, comment="where a phone puts it before it is checked"),
    Column("sha256", Text),
    *timestamps(),
    moment("used_at", nullable=True),
    moment("given_up_at", nullable=True),
    moment("removed_at", nullable=True),
    Index(None, "owner_id", "created_at"),
    Index("files_unsettled_idx", "created_at", postgresql_where=text("state <> 'READY' OR used_at IS NULL")),
    Index("files_doomed_idx", "id", postgresql_where=text("state = 'DELETED' AND removed_at IS NULL")),
)

record_files = Table(
    "record_files",
    metadata,
    reference("record_id", "records.id", ondelete="CASCADE"),
    Column("position", Integer, nullable=False),
    reference("file_id", "files.id"),
    PrimaryKeyConstraint("record_id", "position"),
    Index(None, "file_id"),
)

message_files = Table(
    "message_files",
    metadata,
    Column("session_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    reference("file_id", "files.id"),
    PrimaryKeyConstraint("session_id", "seq", "position"),
    ForeignKeyConstraint(["session_id", "seq"], ["messages.session_id", "messages.seq"], ondelete="CASCADE"),
    Index(None, "file_id"),
)
