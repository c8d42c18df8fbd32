"""Sessions, who is in them, and what was said."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from persistence.tables import metadata
from persistence.tables.columns import id_column, moment, reference, timestamps

chat_sessions = Table(
    "chat_sessions",
    metadata,
    id_column(),
    Column("kind", Text, nullable=False),
    Column("title", Text),
    Column("description", Text),
    reference("owner_id", "users.id"),
    Column("assistant", Text, comment="slug of the dialog_config that answers here"),
    Column("ai_mode", Text, nullable=False),
    Column("last_seq", Integer, nullable=False, server_default=text("0"), comment="seq of the newest message"),
    Column("created_key", Text, comment="clientKey of the message that began the session"),
    *timestamps(),
    moment("deleted_at", nullable=True),
    UniqueConstraint("owner_id", "created_key"),
)

session_members = Table(
    "session_members",
    metadata,
    reference("session_id", "chat_sessions.id", ondelete="CASCADE"),
    reference("user_id", "users.id"),
    Column("care_role", Text, nullable=False),
    Column("read_seq", Integer, nullable=False, server_default=text("0")),
    Column("joined_seq", Integer, nullable=False, server_default=text("0"), comment="last seq before joining"),
    moment("joined_at", now=True),
    Column(
        "joined_transaction",
        BigInteger,
        nullable=False,
        server_default=text("pg_current_xact_id()::text::bigint"),
        comment="events of earlier transactions are not this member's",
    ),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    Column("archived", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("session_id", "user_id"),
    Index(None, "user_id"),
)

messages = Table(
    "messages",
    metadata,
    reference("session_id", "chat_sessions.id", ondelete="CASCADE"),
    Column("seq", Integer, nullable=False),
    reference("sender_id", "users.id", nullable=True),
    Column("sender_role", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("reply_to_seq", Integer),
    Column("citations", JSONB(none_as_null=True)),
    Column("error_code", Text),
    *timestamps(),
    Column("client_key", Text),
    PrimaryKeyConstraint("session_id", "seq"),
    UniqueConstraint("session_id", "sender_id", "client_key"),
)

replies = Table(
    "replies",
    metadata,
    reference("session_id", "chat_sessions.id", ondelete="CASCADE"),
    Column("seq", Integer, nullable=False),
    Column("question_seq", Integer, nullable=False),
    reference("asker_id", "users.id"),
    Column("assistant", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("claims", Integer, nullable=False, server_default=text("0")),
    Column("client_key", Text, comment="of the regenerateReply that asked for it"),
    Column("stop_requested", Boolean, nullable=False, server_default=false()),
    reference("api_config_id", "api_configs.id", nullable=True, ondelete="SET NULL"),
    *timestamps(),
    moment("finished_at", nullable=True),
    PrimaryKeyConstraint("session_id", "seq"),
    ForeignKeyConstraint(["session_id", "seq"], ["messages.session_id", "messages.seq"], ondelete="CASCADE"),
    UniqueConstraint("session_id", "asker_id", "client_key"),
    Index("replies_unfinished_idx", "session_id", "seq", postgresql_where=text("status IN ('QUEUED', 'RUNNING')")),
)


def unfinished(table: Any) -> ColumnElement[bool]:
    """Queued or running, in the words of the index."""
    is_open: ColumnElement[bool] = table.c.status.in_([literal_column("'QUEUED'"), literal_column("'RUNNING'")])
    return is_open


message_feedback = Table(
    "message_feedback",
    metadata,
    Column("session_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    reference("user_id", "users.id"),
    Column("rating", Text),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("comment", Text),
    *timestamps(),
    PrimaryKeyConstraint("session_id", "seq", "user_id"),
    ForeignKeyConstraint(["session_id", "seq"], ["messages.session_id", "messages.seq"], ondelete="CASCADE"),
)
