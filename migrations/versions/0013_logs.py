"""Log entries, partitioned by month; the partitions are made by the application."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.SMALLINT(), nullable=False, comment="10 DEBUG, 20 INFO, 30 WARNING, 40 ERROR"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("status", sa.SMALLINT(), nullable=True),
        sa.Column("duration_ms", sa.REAL(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("at", "id", name=op.f("log_entries_pkey")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(op.f("log_entries_request_id_idx"), "log_entries", ["request_id"])
    op.create_index(op.f("log_entries_user_id_at_id_idx"), "log_entries", ["user_id", "at", "id"])
    op.create_index("log_entries_warnings_idx", "log_entries", ["at", "id"], postgresql_where=sa.text("level >= 30"))


def downgrade() -> None:
    op.drop_table("log_entries")
