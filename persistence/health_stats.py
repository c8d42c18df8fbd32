"""Statistics in one statement: whole quarters of an hour by their sums, what is left at both ends row by row.

Row by row, too, the quarters that do not lie in one bucket: since 1972 all time zones are whole quarters away from UTC,
but clocks have been set inside one (St. John's did it at 00:01 until 2011).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, DateTime, Text, bindparam, text

from domain.health.models import Metric, Period
from domain.health.stats import FIGURE_PLACES, Bucket, Figures, HealthStats, Spread, StatPoint, first_moment
from persistence.connection import Connection
from persistence.health_rows import observation_of

QUARTER = timedelta(minutes=15)
ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
END = datetime(2200, 1, 1, tzinfo=UTC)
STATS = text("""
    WITH zone AS (
        SELECT timezone FROM users WHERE id = :user_id
    ), whole AS (
        SELECT metric, part, date_trunc(:bucket, quarter, timezone) AS starts,
            date_trunc(:bucket, quarter + '14 minutes 59.999999 seconds', timezone) AS starts_of_its_end,
            min(quarter) AS quarter, sum(count) AS count, sum(out_of_range) AS out_of_range,
            min(low) AS low, max(high) AS high, sum(sum_v) AS sum_v, sum(sum_vv) AS sum_vv,
            sum(sum_t) AS sum_t, sum(sum_tt) AS sum_tt, sum(sum_tv) AS sum_tv
        FROM observation_sums CROSS JOIN zone
        WHERE user_id = :user_id AND metric = ANY (:metrics) AND quarter >= :first_quarter AND quarter < :last_quarter
        GROUP BY 1, 2, 3, 4
    ), spans AS (
        SELECT span_starts, span_ends FROM unnest(:edge_starts, :edge_ends) AS edges (span_starts, span_ends)
        UNION
        SELECT quarter, quarter + '15 minutes' FROM whole WHERE starts <> starts_of_its_end
    ), pieces AS (
        SELECT metric, part, starts, count, out_of_range, low, high, sum_v, sum_vv, sum_t, sum_tt, sum_tv
        FROM whole WHERE starts = starts_of_its_end
        UNION ALL
        SELECT metric, part, date_trunc(:bucket, effective_at, timezone), 1,
            (coalesce(interpretation, 'NORMAL') <> 'NORMAL')::int, v, v, v, v * v, t, t * t, t * v
        FROM spans CROSS JOIN zone
        CROSS JOIN LATERAL (
            SELECT metric, effective_at, interpretation, value, systolic, diastolic FROM observations
            WHERE user_id = :user_id AND metric = ANY (:metrics) AND deleted_at IS NULL
                AND effective_at >= span_starts AND effective_at < span_ends
            OFFSET 0 -- looked up for each span, by the index
        ) AS seen
        CROSS JOIN LATERAL (VALUES ('value', value), ('systolic', systolic), ('diastolic', diastolic)) AS n (part, v)
        CROSS JOIN LATERAL extract(epoch FROM effective_at - '2000-01-01 00:00Z'::timestamptz) AS t
        WHERE v IS NOT NULL
    ), buckets AS (
        SELECT metric, part, starts, sum(count) AS count, sum(out_of_range) AS out_of_range,
            min(low) AS low, max(high) AS high, sum(sum_v) AS sum_v, sum(sum_vv) AS sum_vv,
            sum(sum_t) AS sum_t, sum(sum_tt) AS sum_tt, sum(sum_tv) AS sum_tv
        FROM pieces
        GROUP BY 1, 2, 3
    ), totals AS (
        SELECT metric, part,
            sum(count) AS n, sum(out_of_range) AS out_of_range, min(low) AS low, max(high) AS high,
            sum(sum_v) AS v, sum(sum_vv) AS vv, sum(sum_t) AS t, sum(sum_tt) AS tt, sum(sum_tv) AS tv,
            array_agg(starts ORDER BY starts) AS starts, array_agg(count::int ORDER BY starts) AS counts,
            array_agg(low ORDER BY starts) AS lows, array_agg(high ORDER BY starts) AS highs,
            array_agg(trim_scale(round(sum_v / count, :places)) ORDER BY starts) AS averages,
            array_agg(trim_scale(sum_v) ORDER BY starts) AS sums
        FROM buckets
        GROUP BY 1, 2
    )
    SELECT asked.metric, part, timezone, n::int, out_of_range::int, low, high,
        trim_scale(round(v / n, :places)),
        trim_scale(v),
        trim_scale(round(sqrt((n * vv - v * v) / nullif(n * (n - 1), 0)), :places)),
        trim_scale(round(604800 * (n * tv - t * v) / nullif(n * tt - t * t, 0), :places)),
        starts, counts, lows, highs, averages, sums,
        latest.*
    FROM unnest(:metrics) WITH ORDINALITY AS asked (metric, place)
    CROSS JOIN zone
    LEFT JOIN totals ON totals.metric = asked.metric
    LEFT JOIN LATERAL (
        SELECT id, user_id, metric, value, systolic, diastolic, interpretation, effective_at, source, source_key, note,
            derived_from, change, created_at, deleted_at
        FROM observations
        WHERE user_id = :user_id AND observations.metric = asked.metric AND deleted_at IS NULL
            AND effective_at >= :period_starts AND effective_at < :period_ends
        ORDER BY effective_at DESC, id DESC LIMIT 1
    ) AS latest ON true
    ORDER BY place, part
""").bindparams(
    bindparam("metrics", type_=ARRAY(Text)),
    bindparam("edge_starts", type_=ARRAY(DateTime(timezone=True))),
    bindparam("edge_ends", type_=ARRAY(DateTime(timezone=True))),
)
FIGURES = 11
SERIES = 17


async def read_stats(
    connection: Connection, user_id: UUID, metrics: Sequence[Metric], period: Period, bucket: Bucket
) -> list[HealthStats]:
    """One for each metric, in their order."""
    starts = max(period.start or BEGINNING, BEGINNING)
    ends = min(period.end or END, END)
    first_quarter, last_quarter, edges = divided(starts, ends)
    given = {
        "user_id": user_id,
        "metrics": [metric.value for metric in metrics],
        "period_starts": starts,
        "period_ends": ends,
        "first_quarter": first_quarter,
        "last_quarter": last_quarter,
        "edge_starts": [edge[0] for edge in edges],
        "edge_ends": [edge[1] for edge in edges],
        "bucket": bucket.value.lower(),
        "places": FIGURE_PLACES,
    }
    rows = (await connection.execute(STATS, given)).all()
    return [_stats_of(list(parts), bucket) for _, parts in groupby(rows, key=lambda row: row[0])]


Span = tuple[datetime, datetime]


def divided(starts: datetime, ends: datetime) -> tuple[datetime, datetime, list[Span]]:
    """The whole quarters of a period (none: the same moment twice) and the spans before and after them."""
    first = _floor(starts + QUARTER - timedelta.resolution)
    last = _floor(ends)
    if first >= last:
        return ORIGIN, ORIGIN, [(starts, ends)]
    return first, last, [(starts, first), (last, ends)]


def _floor(at: datetime) -> datetime:
    return at - (at - ORIGIN) % QUARTER


def _stats_of(parts: list[Sequence[Any]], bucket: Bucket) -> HealthStats:
    metric, part, timezone, count, out_of_range = parts[0][:5]
    latest = parts[0][SERIES:]
    figures: dict[str, Any] = {row[1]: Figures(*row[5:FIGURES]) for row in parts} if part is not None else {}
    return HealthStats(
        metric=Metric(metric),
        count=count or 0,
        out_of_range=out_of_range or 0,
        latest=observation_of(latest) if latest[0] is not None else None,
        series=tuple(_points(parts, bucket, ZoneInfo(timezone))) if part is not None else (),
        **figures,
    )


def _points(parts: list[Sequence[Any]], bucket: Bucket, zone: ZoneInfo) -> Iterator[StatPoint]:
    """The parts of one metric have the same buckets: they stand together in each observation."""
    starts, counts = parts[0][FIGURES : FIGURES + 2]
    spreads = {row[1]: list(map(Spread, *row[FIGURES + 2 : SERIES])) for row in parts}
    for index, (at, count) in enumerate(zip(starts, counts, strict=True)):
        begins = at if bucket is Bucket.HOUR else first_moment(at, zone)
        yield StatPoint(begins, count, **{part: of_part[index] for part, of_part in spreads.items()})
