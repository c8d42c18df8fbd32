"""Which models answer, and under which prompts."""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, Table, Text, text, true
from sqlalchemy.dialects.postgresql import JSONB

from persistence.tables import metadata
from persistence.tables.columns import id_column, moment, reference, timestamps

api_configs = Table(
    "api_configs",
    metadata,
    id_column(),
    Column("name", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("key_sealed", Text),
    Column("key_hint", Text),
    Column("default_model", Text),
    Column("timeout_ms", Integer, nullable=False, server_default=text("120000")),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    reference("fallback_id", "api_configs.id", nullable=True, ondelete="SET NULL"),
    *timestamps(),
    Column("failures", Integer, nullable=False, server_default=text("0"), comment="in a row"),
    moment("retry_at", nullable=True),
    Column("first_token_timeout_ms", Integer, nullable=False, server_default=text("15000")),
    Column("idle_timeout_ms", Integer, nullable=False, server_default=text("15000")),
)

dialog_configs = Table(
    "dialog_configs",
    metadata,
    id_column(),
    Column("slug", Text, nullable=False, unique=True),
    Column("role_name", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("greeting", Text),
    Column("model_name", Text),
    reference("text_api_id", "api_configs.id", nullable=True, ondelete="SET NULL"),
    reference("image_api_id", "api_configs.id", nullable=True, ondelete="SET NULL"),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    *timestamps(),
)

ai_interactions = Table(
    "ai_interactions",
    metadata,
    id_column(),
    reference("session_id", "chat_sessions.id", ondelete="CASCADE"),
    Column("question_seq", Integer, nullable=False),
    Column("reply_seq", Integer, nullable=False),
    reference("api_config_id", "api_configs.id", nullable=True, ondelete="SET NULL"),
    Column("service_url", Text),
    Column("model", Text),
    Column("attempt", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("request_content", JSONB(none_as_null=True)),
    Column("response_content", JSONB(none_as_null=True)),
    Column("duration_ms", Integer),
    Column("first_token_ms", Integer),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("error_code", Text),
    Column("error_message", Text),
    *timestamps(),
    ForeignKeyConstraint(["session_id", "question_seq"], ["messages.session_id", "messages.seq"], ondelete="CASCADE"),
    Index(None, "created_at", "id"),
    Index(None, "session_id", "created_at", "id"),
    Index("ai_interactions_contents_idx", "created_at", postgresql_where=text("request_content IS NOT NULL")),
)
