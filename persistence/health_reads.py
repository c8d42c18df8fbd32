"""Reads of health data outside transactions, the owner in every `where`."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import literal, select, tuple_

from domain.health.models import ChangeMark, Metric, Observation, Period
from domain.health.stats import Bucket, HealthStats
from domain.paging import Page
from persistence.engine import Database
from persistence.health_rows import OBSERVATION_COLUMNS, observation_of
from persistence.health_stats import read_stats
from persistence.keyset import after_moment, moment_cursor, read_slice
from persistence.tables.health import observations


class HealthReadStatements:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, user_id: UUID, metric: Metric | None, period: Period, *, limit: int, after: str | None
    ) -> Page[Observation]:
        seen = observations.c
        query = select(*OBSERVATION_COLUMNS).where(seen.user_id == user_id, seen.deleted_at.is_(None))
        if metric is not None:
            query = query.where(seen.metric == metric.value)
        if period.start is not None:
            query = query.where(seen.effective_at >= period.start)
        if period.end is not None:
            query = query.where(seen.effective_at < period.end)
        mark = after_moment(after)
        async with self._database.reading() as connection:
            found = await read_slice(connection, query, (seen.effective_at, seen.id), limit=limit, after=mark)
        return Page.of(list(map(observation_of, found.rows)), _cursor, more=found.more, earlier=found.earlier)

    async def changes(self, user_id: UUID, after: ChangeMark | None, limit: int) -> list[Observation]:
        seen = observations.c
        query = select(*OBSERVATION_COLUMNS).where(seen.user_id == user_id)
        if after is not None:
            mark = tuple_(literal(after.change, seen.change.type), literal(after.id, seen.id.type))
            query = query.where(tuple_(seen.change, seen.id) > mark)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(seen.change, seen.id).limit(limit))).all()
        return list(map(observation_of, rows))

    async def stats(
        self, user_id: UUID, metrics: Sequence[Metric], period: Period, bucket: Bucket
    ) -> list[HealthStats]:
        async with self._database.reading() as connection:
            return await read_stats(connection, user_id, metrics, period, bucket)


def _cursor(observation: Observation) -> str:
    return moment_cursor(observation.effective_at, observation.id)
