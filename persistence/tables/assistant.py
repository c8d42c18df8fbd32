"""Which models answer, and under which prompts."""

from sqlalchemy import Boolean, Column, Integer, Table, Text, text, true

from persistence.tables import metadata
from persistence.tables.columns import id_column, reference, timestamps

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
