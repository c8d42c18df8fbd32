"""Statements on health data inside a transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, DateTime, Select, Text, Uuid, any_, bindparam, cast, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.health.models import DataSource, Metric, Observation, Weighing, Writer
from persistence.arrays import unnested
from persistence.connection import Connection
from persistence.health_rows import OBSERVATION_COLUMNS, observation_of, row_of
from persistence.health_sums import FORGET, SUM_UP
from persistence.tables.accounts import users
from persistence.tables.health import health_writers, observations

ANY_ID = any_(cast(bindparam("ids"), ARRAY(Uuid)))
SENT = unnested("asked", metric=Text, source_key=Text)
GIVEN = unnested("given", **{column.name: column.type for column in observations.c})
INSERT = upsert(observations).from_select([column.name for column in GIVEN.c], select(*GIVEN.c))
SAVE = INSERT.on_conflict_do_update(
    index_elements=["id"], set_={column.name: INSERT.excluded[column.name] for column in observations.c}
)
# The row of the user stays locked until the end of the transaction: the changes of a user commit in their order.
BEGIN = (
    upsert(health_writers)
    .values(user_id=bindparam("user_id"), last_change=1)
    .on_conflict_do_update(index_elements=["user_id"], set_={"last_change": health_writers.c.last_change + 1})
    .returning(
        health_writers.c.last_change,
        select(users.c.birth_date).where(users.c.id == bindparam("user_id")).scalar_subquery(),
    )
)
WEIGHINGS = text("""
    WITH heights AS NOT MATERIALIZED (
        SELECT id, effective_at, value FROM observations
        WHERE user_id = :user_id AND metric = 'BODY_HEIGHT' AND deleted_at IS NULL
    ), reach AS (
        SELECT
            CASE WHEN :heights AND NOT EXISTS (SELECT FROM heights WHERE effective_at < :first)
                THEN '-infinity' ELSE :first END AS first,
            CASE WHEN :heights
                THEN coalesce((SELECT min(effective_at) FROM heights WHERE effective_at > :last), 'infinity')
                ELSE :last END AS last
    )
    SELECT weight.id, weight.effective_at, weight.source, weight.value, coalesce(
        (SELECT value FROM heights
            WHERE effective_at <= weight.effective_at ORDER BY effective_at DESC, id DESC LIMIT 1),
        (SELECT value FROM heights WHERE effective_at > weight.effective_at ORDER BY effective_at, id LIMIT 1)
    ), EXISTS (
        SELECT FROM observations
        WHERE user_id = :user_id AND metric = 'BMI' AND deleted_at IS NULL AND derived_from IS NULL
            AND effective_at = weight.effective_at
    )
    FROM reach JOIN observations AS weight ON weight.effective_at BETWEEN reach.first AND reach.last
    WHERE weight.user_id = :user_id AND weight.metric = 'BODY_WEIGHT' AND weight.deleted_at IS NULL
""").bindparams(
    bindparam("heights", type_=Boolean),
    bindparam("first", type_=DateTime(timezone=True)),
    bindparam("last", type_=DateTime(timezone=True)),
)


class HealthStatements:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self, user_id: UUID) -> Writer:
        change, birth_date = (await self._connection.execute(BEGIN, {"user_id": user_id})).one()
        return Writer(user_id, change, birth_date)

    async def owned(self, user_id: UUID, ids: Sequence[UUID]) -> list[Observation]:
        return await self._found(_of(user_id).where(observations.c.id == ANY_ID), ids=list(ids))

    async def derived(self, user_id: UUID, weight_ids: Sequence[UUID]) -> list[Observation]:
        return await self._found(_of(user_id).where(observations.c.derived_from == ANY_ID), ids=list(weight_ids))

    async def sent(self, user_id: UUID, keys: Sequence[tuple[Metric, str]]) -> list[Observation]:
        query = _of(user_id).where(
            tuple_(observations.c.metric, observations.c.source_key).in_(select(SENT.c.metric, SENT.c.source_key))
        )
        return await self._found(query, metric=[key[0].value for key in keys], source_key=[key[1] for key in keys])

    async def weighings(self, user_id: UUID, first: datetime, last: datetime, *, heights: bool) -> list[Weighing]:
        given = {"user_id": user_id, "first": first, "last": last, "heights": heights}
        rows = (await self._connection.execute(WEIGHINGS, given)).all()
        return [Weighing(row[0], row[1], DataSource(row[2]), *row[3:]) for row in rows]

    async def save(self, given: Sequence[Observation]) -> None:
        if given:
            rows = list(map(row_of, given))
            await self._connection.execute(SAVE, {name: [row[name] for row in rows] for name in rows[0]})

    async def sum_up(self, user_id: UUID, touched: Sequence[tuple[Metric, datetime]]) -> None:
        given = {
            "user_id": user_id,
            "metrics": [metric.value for metric, _ in touched],
            "times": [at for _, at in touched],
        }
        await self._connection.execute(FORGET, given)
        await self._connection.execute(SUM_UP, given)

    async def _found(self, query: Select[Any], **arrays: list[Any]) -> list[Observation]:
        return list(map(observation_of, (await self._connection.execute(query, arrays)).all()))


def _of(user_id: UUID) -> Select[Any]:
    return select(*OBSERVATION_COLUMNS).where(observations.c.user_id == user_id)
