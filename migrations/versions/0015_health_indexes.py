"""Leave each statement on observations one index that it can use."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FEED = "observations_user_id_change_id_idx"
HISTORY = "observations_user_id_effective_at_id_idx"


def upgrade() -> None:
    op.drop_index(HISTORY, "observations")
    op.drop_index(FEED, "observations")
    op.create_index(FEED, "observations", ["user_id", "change", "id"], postgresql_where=sa.text("change > 0"))


def downgrade() -> None:
    op.drop_index(FEED, "observations")
    op.create_index(FEED, "observations", ["user_id", "change", "id"])
    still_there = sa.text("deleted_at IS NULL")
    op.create_index(HISTORY, "observations", ["user_id", "effective_at", "id"], postgresql_where=still_there)
