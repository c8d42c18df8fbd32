"""What happened in conversations."""

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, PrimaryKeyConstraint, Table, Text, Uuid, text

from persistence.tables import metadata
from persistence.tables.columns import moment, reference

session_events = Table(
    "session_events",
    metadata,
    Column("transaction", BigInteger, nullable=False, server_default=text("pg_current_xact_id()::text::bigint")),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    reference("session_id", "chat_sessions.id", ondelete="CASCADE"),
    Column("kind", Text, nullable=False),
    Column("seq", Integer),
    Column("user_id", Uuid),
    Column("read_seq", Integer),
    moment("created_at", now=True),
    PrimaryKeyConstraint("transaction", "number"),
    Index(None, "session_id", "transaction", "number"),
    Index(None, "created_at"),
)

event_epochs = Table(
    "event_epochs",
    metadata,
    Column("epoch", BigInteger, primary_key=True, comment="grows when a restored database begins to count anew"),
    Column("oldest", BigInteger, nullable=False, comment="events of earlier transactions are no longer kept"),
)
