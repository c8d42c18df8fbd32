"""Conversations, the replies in them, and the assistants that give them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_configs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("key_sealed", sa.Text(), nullable=True),
        sa.Column("key_hint", sa.Text(), nullable=True),
        sa.Column("default_model", sa.Text(), nullable=True),
        sa.Column("timeout_ms", sa.Integer(), server_default=sa.text("120000"), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("fallback_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["fallback_id"], ["api_configs.id"], name=op.f("api_configs_fallback_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("api_configs_pkey")),
        sa.UniqueConstraint("name", name=op.f("api_configs_name_key")),
    )
    op.create_table(
        "chat_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("assistant", sa.Text(), nullable=True, comment="slug of the dialog_config that answers here"),
        sa.Column("ai_mode", sa.Text(), nullable=False),
        sa.Column(
            "last_seq", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="seq of the newest message"
        ),
        sa.Column("created_key", sa.Text(), nullable=True, comment="clientKey of the message that began the session"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("chat_sessions_owner_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("chat_sessions_pkey")),
        sa.UniqueConstraint("owner_id", "created_key", name=op.f("chat_sessions_owner_id_created_key_key")),
    )
    op.create_table(
        "dialog_configs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("role_name", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("greeting", sa.Text(), nullable=True),
        sa.Column("model_name", sa.Text(), nullable=True),
        sa.Column("text_api_id", sa.Uuid(), nullable=True),
        sa.Column("image_api_id", sa.Uuid(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_api_id"], ["api_configs.id"], name=op.f("dialog_configs_image_api_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["text_api_id"], ["api_configs.id"], name=op.f("dialog_configs_text_api_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("dialog_configs_pkey")),
        sa.UniqueConstraint("slug", name=op.f("dialog_configs_slug_key")),
    )
    op.create_table(
        "messages",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("sender_role", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reply_to_seq", sa.Integer(), nullable=True),
        sa.Column("citations", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("messages_sender_id_fkey")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["chat_sessions.id"], name=op.f("messages_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("messages_pkey")),
        sa.UniqueConstraint(
            "session_id", "sender_id", "client_key", name=op.f("messages_session_id_sender_id_client_key_key")
        ),
    )
    op.create_table(
        "session_members",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("care_role", sa.Text(), nullable=False),
        sa.Column("read_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "joined_seq", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="last seq before joining"
        ),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["chat_sessions.id"], name=op.f("session_members_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("session_members_user_id_fkey")),
        sa.PrimaryKeyConstraint("session_id", "user_id", name=op.f("session_members_pkey")),
    )
    op.create_index(op.f("session_members_user_id_idx"), "session_members", ["user_id"], unique=False)
    op.create_table(
        "replies",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("question_seq", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Uuid(), nullable=False),
        sa.Column("assistant", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("stop_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("api_config_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["api_config_id"], ["api_configs.id"], name=op.f("replies_api_config_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["asker_id"], ["users.id"], name=op.f("replies_asker_id_fkey")),
        sa.ForeignKeyConstraint(
            ["session_id", "seq"],
            ["messages.session_id", "messages.seq"],
            name=op.f("replies_session_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["chat_sessions.id"], name=op.f("replies_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("replies_pkey")),
    )
    op.create_index(
        "replies_unfinished_idx",
        "replies",
        ["session_id", "seq"],
        unique=False,
        postgresql_where=sa.text("status IN ('QUEUED', 'RUNNING')"),
    )


def downgrade() -> None:
    op.drop_index(
        "replies_unfinished_idx", table_name="replies", postgresql_where=sa.text("status IN ('QUEUED', 'RUNNING')")
    )
    op.drop_table("replies")
    op.drop_index(op.f("session_members_user_id_idx"), table_name="session_members")
    op.drop_table("session_members")
    op.drop_table("messages")
    op.drop_table("dialog_configs")
    op.drop_table("chat_sessions")
    op.drop_table("api_configs")
