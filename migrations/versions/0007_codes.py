"""Codes sent to phones, and where devices were used from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "devices",
        sa.Column("address_hash", sa.LargeBinary(), nullable=True, comment="the network it was used from last"),
    )
    op.create_table(
        "verification_codes",
        sa.Column("phone_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("phone_hash", "purpose", name=op.f("verification_codes_pkey")),
    )
    op.drop_index("users_created_at_id_idx")
    op.create_index(op.f("verification_codes_expires_at_idx"), "verification_codes", ["expires_at"])


def downgrade() -> None:
    op.create_index(op.f("users_created_at_id_idx"), "users", ["created_at", "id"])
    op.drop_table("verification_codes")
    op.drop_column("devices", "address_hash")
