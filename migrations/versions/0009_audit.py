"""The audit trail, and ways to what is kept for a time only."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True, comment="null: at the command line"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("changed", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("before", sa.Text(), nullable=True, comment="SHA-256 in hex; null: it was not"),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_entries_pkey")),
    )
    for columns in (["at", "id"], ["target_id", "at", "id"], ["actor_id", "at", "id"]):
        op.create_index(op.f(f"audit_entries_{'_'.join(columns)}_idx"), "audit_entries", columns)
    op.create_index(op.f("session_events_created_at_idx"), "session_events", ["created_at"])
    op.create_index(
        "ai_interactions_contents_idx",
        "ai_interactions",
        ["created_at"],
        postgresql_where=sa.text("request_content IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ai_interactions_contents_idx", table_name="ai_interactions")
    op.drop_index(op.f("session_events_created_at_idx"), table_name="session_events")
    op.drop_table("audit_entries")
