"""How long each provider may be silent."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = ("first_token_timeout_ms", "idle_timeout_ms")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("api_configs", sa.Column(name, sa.Integer(), server_default=sa.text("15000"), nullable=False))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("api_configs", name)
