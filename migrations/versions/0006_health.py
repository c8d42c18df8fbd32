"""Observations, their sums, and who writes them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "health_writers",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("last_change", sa.BigInteger(), nullable=False, comment="locked by whoever writes for this user"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("health_writers_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("health_writers_pkey")),
    )
    op.create_table(
        "observation_sums",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, comment="value, systolic or diastolic"),
        sa.Column("quarter", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("out_of_range", sa.Integer(), nullable=False, comment="observations, not parts of them"),
        sa.Column("low", sa.Numeric(), nullable=False),
        sa.Column("high", sa.Numeric(), nullable=False),
        sa.Column("sum_v", sa.Numeric(), nullable=False),
        sa.Column("sum_vv", sa.Numeric(), nullable=False),
        sa.Column("sum_t", sa.Numeric(), nullable=False),
        sa.Column("sum_tt", sa.Numeric(), nullable=False),
        sa.Column("sum_tv", sa.Numeric(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("observation_sums_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "metric", "part", "quarter", name=op.f("observation_sums_pkey")),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("systolic", sa.Numeric(), nullable=True),
        sa.Column("diastolic", sa.Numeric(), nullable=True),
        sa.Column("interpretation", sa.Text(), nullable=True),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("derived_from", sa.Uuid(), nullable=True),
        sa.Column("change", sa.BigInteger(), nullable=False, comment="number of the writing that changed it last"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "deleted_at IS NOT NULL OR num_nonnulls(value, systolic) = 1 AND num_nonnulls(systolic, diastolic) <> 1",
            name=op.f("observations_numbers_check"),
        ),
        sa.ForeignKeyConstraint(
            ["derived_from"], ["observations.id"], name=op.f("observations_derived_from_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("observations_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("observations_pkey")),
        sa.UniqueConstraint("derived_from", name=op.f("observations_derived_from_key")),
    )
    op.create_index(
        op.f("observations_source_key_user_id_metric_idx"),
        "observations",
        ["source_key", "user_id", "metric"],
        unique=True,
        postgresql_where=sa.text("source_key IS NOT NULL"),
    )
    op.create_index(
        op.f("observations_user_id_change_id_idx"), "observations", ["user_id", "change", "id"], unique=False
    )
    op.create_index(
        op.f("observations_user_id_effective_at_id_idx"),
        "observations",
        ["user_id", "effective_at", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        op.f("observations_user_id_metric_effective_at_id_idx"),
        "observations",
        ["user_id", "metric", "effective_at", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("observation_sums")
    op.drop_table("health_writers")
    op.drop_table("observations")
