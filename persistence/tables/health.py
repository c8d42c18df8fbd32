"""Health data: every observation, the sums that statistics are made of, and who writes next."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from persistence.tables import metadata
from persistence.tables.columns import id_column, moment, reference

STILL_THERE = text("deleted_at IS NULL")

observations = Table(
    "observations",
    metadata,
    id_column(),
    reference("user_id", "users.id", ondelete="CASCADE"),
    Column("metric", Text, nullable=False),
    Column("value", Numeric),
    Column("systolic", Numeric),
    Column("diastolic", Numeric),
    Column("interpretation", Text),
    moment("effective_at"),
    Column("source", Text, nullable=False),
    Column("source_key", Text),
    Column("note", Text),
    reference("derived_from", "observations.id", nullable=True, ondelete="CASCADE"),
    Column("change", BigInteger, nullable=False, comment="number of the writing that changed it last"),
    moment("created_at"),
    moment("deleted_at", nullable=True),
    UniqueConstraint("derived_from"),
    CheckConstraint(
        "deleted_at IS NOT NULL OR num_nonnulls(value, systolic) = 1 AND num_nonnulls(systolic, diastolic) <> 1",
        name="numbers",
    ),
    # Each statement can use one index only. Of a user whom ANALYZE has not seen the planner expects no rows, and takes
    # one index for as good as another: choosing the wrong one made a batch a thousand times slower.
    Index(None, "user_id", "metric", "effective_at", "id", postgresql_where=STILL_THERE),
    Index(None, "user_id", "change", "id", postgresql_where=text("change > 0")),
    Index(None, "source_key", "user_id", "metric", unique=True, postgresql_where=text("source_key IS NOT NULL")),
)

health_writers = Table(
    "health_writers",
    metadata,
    reference("user_id", "users.id", ondelete="CASCADE"),
    Column("last_change", BigInteger, nullable=False, comment="locked by whoever writes for this user"),
    PrimaryKeyConstraint("user_id"),
)

# t: seconds since 2000, v: the value. Time zones are whole quarters of an hour away from UTC.
observation_sums = Table(
    "observation_sums",
    metadata,
    reference("user_id", "users.id", ondelete="CASCADE"),
    Column("metric", Text, nullable=False),
    Column("part", Text, nullable=False, comment="value, systolic or diastolic"),
    moment("quarter"),
    Column("count", Integer, nullable=False),
    Column("out_of_range", Integer, nullable=False, comment="observations, not parts of them"),
    Column("low", Numeric, nullable=False),
    Column("high", Numeric, nullable=False),
    *(Column(name, Numeric, nullable=False) for name in ("sum_v", "sum_vv", "sum_t", "sum_tt", "sum_tv")),
    PrimaryKeyConstraint("user_id", "metric", "part", "quarter"),
)
