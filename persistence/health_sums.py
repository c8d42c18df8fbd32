"""Sums by quarter of an hour, so that statistics of a million observations need not read them all.

Sums of numerics are exact, so adding them up by day, week or month is, too. They are renewed from the observations in
the transaction that changes these.
"""

from sqlalchemy import ARRAY, DateTime, Text, bindparam, text

TYPES = (
    bindparam("metrics", type_=ARRAY(Text)),
    bindparam("times", type_=ARRAY(DateTime(timezone=True))),
)
FORGET = text("""
    DELETE FROM observation_sums AS sums
    USING (
        SELECT DISTINCT metric, date_bin('15 minutes', at, '2000-01-01 00:00Z') AS quarter
        FROM unnest(:metrics, :times) AS given (metric, at)
    ) AS touched
    WHERE sums.user_id = :user_id AND sums.metric = touched.metric AND sums.quarter = touched.quarter
""").bindparams(*TYPES)
# Grouped inside, so that each quarter is looked up by the index, whatever the planner believes of the sizes.
SUM_UP = text("""
    INSERT INTO observation_sums
    SELECT CAST(:user_id AS uuid), metric, part, quarter, n, out_of_range, low, high,
        sum_v, sum_vv, sum_t, sum_tt, sum_tv
    FROM (
        SELECT DISTINCT metric, date_bin('15 minutes', at, '2000-01-01 00:00Z') AS quarter
        FROM unnest(:metrics, :times) AS given (metric, at)
    ) AS touched
    CROSS JOIN LATERAL (
        SELECT part, count(*), count(*) FILTER (WHERE interpretation <> 'NORMAL'),
            min(v), max(v), sum(v), sum(v * v), sum(t), sum(t * t), sum(t * v)
        FROM observations
        CROSS JOIN LATERAL (VALUES ('value', value), ('systolic', systolic), ('diastolic', diastolic)) AS n (part, v)
        CROSS JOIN LATERAL extract(epoch FROM effective_at - '2000-01-01 00:00Z'::timestamptz) AS t
        WHERE user_id = :user_id AND metric = touched.metric AND deleted_at IS NULL AND v IS NOT NULL
            AND effective_at >= quarter AND effective_at < quarter + '15 minutes'::interval
        GROUP BY part
    ) AS sums (part, n, out_of_range, low, high, sum_v, sum_vv, sum_t, sum_tt, sum_tv)
""").bindparams(*TYPES)
