"""Reads of health data outside transactions, the owner in every `where`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, and_, literal, select, text, true, tuple_

from domain.health.models import ChangeMark, Metric, Observation, Period
from domain.health.stats import Bucket, HealthStats
from domain.paging import Page
from persistence.arrays import unnested
from persistence.connection import Connection
from persistence.engine import Database
from persistence.health_rows import OBSERVATION_COLUMNS, observation_of
from persistence.health_stats import read_stats
from persistence.keyset import after_moment, moment_cursor
from persistence.tables.health import observations

ASKED = unnested("asked", metric=Text)
SEEN = observations.c
PLACE = tuple_(SEEN.effective_at, SEEN.id)


class HealthReadStatements:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, user_id: UUID, metric: Metric | None, period: Period, *, limit: int, after: str | None
    ) -> Page[Observation]:
        metrics = [metric] if metric is not None else list(Metric)
        seen, mark = _seen(user_id, period), after_moment(after)
        below = seen if mark is None else and_(seen, _place(mark) > PLACE)
        async with self._database.reading() as connection:
            rows = await _newest(connection, metrics, below, limit + 1)
            earlier = mark is not None and await _newest(connection, metrics, and_(seen, _place(mark) <= PLACE), 1)
        return Page.of(list(map(observation_of, rows[:limit])), _cursor, more=len(rows) > limit, earlier=bool(earlier))

    async def changes(self, user_id: UUID, after: ChangeMark | None, limit: int) -> list[Observation]:
        query = select(*OBSERVATION_COLUMNS).where(SEEN.user_id == user_id, text("change > 0"))
        if after is not None:
            mark = tuple_(literal(after.change, SEEN.change.type), literal(after.id, SEEN.id.type))
            query = query.where(tuple_(SEEN.change, SEEN.id) > mark)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(SEEN.change, SEEN.id).limit(limit))).all()
        return list(map(observation_of, rows))

    async def stats(
        self, user_id: UUID, metrics: Sequence[Metric], period: Period, bucket: Bucket
    ) -> list[HealthStats]:
        async with self._database.reading() as connection:
            return await read_stats(connection, user_id, metrics, period, bucket)


def _seen(user_id: UUID, period: Period) -> ColumnElement[bool]:
    """Of one of the metrics asked for."""
    conditions = [SEEN.user_id == user_id, SEEN.metric == ASKED.c.metric, SEEN.deleted_at.is_(None)]
    if period.start is not None:
        conditions.append(SEEN.effective_at >= period.start)
    if period.end is not None:
        conditions.append(SEEN.effective_at < period.end)
    return and_(*conditions)


async def _newest(
    connection: Connection, metrics: Sequence[Metric], seen: ColumnElement[bool], limit: int
) -> Sequence[Row[Any]]:
    """The newest of each metric by its index, then the newest of these."""
    of_metric = select(*OBSERVATION_COLUMNS).where(seen).order_by(SEEN.effective_at.desc(), SEEN.id.desc())
    each = of_metric.limit(limit).correlate(ASKED).lateral("each")
    found = select(*each.c).select_from(ASKED.join(each, true()))
    ordered = found.order_by(each.c.effective_at.desc(), each.c.id.desc()).limit(limit)
    return (await connection.execute(ordered, {"metric": [metric.value for metric in metrics]})).all()


def _place(mark: tuple[datetime, UUID]) -> ColumnElement[Any]:
    return tuple_(literal(mark[0], SEEN.effective_at.type), literal(mark[1], SEEN.id.type))


def _cursor(observation: Observation) -> str:
    return moment_cursor(observation.effective_at, observation.id)
