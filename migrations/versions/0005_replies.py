"""What replies need to be stopped, asked for again, rated, failed over and looked into."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ai_interactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("question_seq", sa.Integer(), nullable=False),
        sa.Column("reply_seq", sa.Integer(), nullable=False),
        sa.Column("api_config_id", sa.Uuid(), nullable=True),
        sa.Column("service_url", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("request_content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("response_content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("first_token_ms", sa.Integer(), nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), nullable=True),
        sa.Column("completion_tokens", sa.Integer(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_config_id"], ["api_configs.id"], name=op.f("ai_interactions_api_config_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "question_seq"],
            ["messages.session_id", "messages.seq"],
            name=op.f("ai_interactions_session_id_question_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["chat_sessions.id"], name=op.f("ai_interactions_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ai_interactions_pkey")),
    )
    op.create_index(op.f("ai_interactions_created_at_id_idx"), "ai_interactions", ["created_at", "id"], unique=False)
    op.create_index(
        op.f("ai_interactions_session_id_created_at_id_idx"),
        "ai_interactions",
        ["session_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "message_feedback",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id", "seq"],
            ["messages.session_id", "messages.seq"],
            name=op.f("message_feedback_session_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("message_feedback_user_id_fkey")),
        sa.PrimaryKeyConstraint("session_id", "seq", "user_id", name=op.f("message_feedback_pkey")),
    )
    op.add_column(
        "api_configs",
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="in a row"),
    )
    op.add_column("api_configs", sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("replies", sa.Column("claims", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column(
        "replies", sa.Column("client_key", sa.Text(), nullable=True, comment="of the regenerateReply that asked for it")
    )
    op.create_unique_constraint(
        op.f("replies_session_id_asker_id_client_key_key"), "replies", ["session_id", "asker_id", "client_key"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("replies_session_id_asker_id_client_key_key"), "replies", type_="unique")
    op.drop_column("replies", "client_key")
    op.drop_column("replies", "claims")
    op.drop_column("api_configs", "retry_at")
    op.drop_column("api_configs", "failures")
    op.drop_table("message_feedback")
    op.drop_index(op.f("ai_interactions_session_id_created_at_id_idx"), table_name="ai_interactions")
    op.drop_index(op.f("ai_interactions_created_at_id_idx"), table_name="ai_interactions")
    op.drop_table("ai_interactions")
