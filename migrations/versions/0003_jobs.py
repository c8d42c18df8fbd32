"""The tables of the job engine as pgqueuer 1.6 makes them: a later pgqueuer needs a later step."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).with_suffix(".sql").read_text()


def upgrade() -> None:
    # asyncpg runs several statements only outside SQLAlchemy's prepared ones
    op.get_bind().connection.dbapi_connection.run_async(lambda connection: connection.execute(SQL))  # type: ignore[union-attr]  # it is open


def downgrade() -> None:
    for table in ("pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"):
        op.drop_table(table)
    op.execute("DROP FUNCTION fn_pgqueuer_changed")
    op.execute("DROP TYPE pgqueuer_status")
