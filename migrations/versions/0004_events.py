"""What happened in conversations, so that clients can catch up."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_epochs",
        sa.Column(
            "epoch", sa.BigInteger(), nullable=False, comment="grows when a restored database begins to count anew"
        ),
        sa.Column(
            "oldest", sa.BigInteger(), nullable=False, comment="events of earlier transactions are no longer kept"
        ),
        sa.PrimaryKeyConstraint("epoch", name=op.f("event_epochs_pkey")),
    )
    op.create_table(
        "session_events",
        sa.Column(
            "transaction", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False
        ),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("read_seq", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["chat_sessions.id"], name=op.f("session_events_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("transaction", "number", name=op.f("session_events_pkey")),
    )
    op.create_index(
        op.f("session_events_session_id_transaction_number_idx"),
        "session_events",
        ["session_id", "transaction", "number"],
        unique=False,
    )
    op.add_column(
        "session_members",
        sa.Column(
            "joined_transaction",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
            comment="events of earlier transactions are not this member's",
        ),
    )
    op.execute("INSERT INTO event_epochs (epoch, oldest) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_column("session_members", "joined_transaction")
    op.drop_index(op.f("session_events_session_id_transaction_number_idx"), table_name="session_events")
    op.drop_table("session_events")
    op.drop_table("event_epochs")
