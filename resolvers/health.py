"""Health data: one call of the domain a field."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from domain.health.metrics import definition_of
from domain.health.models import DataSource, Given, Metric, Observation, Period, Reading
from domain.health.service import ObservationChanges
from domain.health.stats import Bucket, HealthStats, StatPoint
from domain.paging import DEFAULT_PAGE, Page
from resolvers.context import Info
from resolvers.inputs import or_unset

DEFAULT_CHANGES = 200


@strawberry.input(description="A measurement. Blood pressure has `systolic` and `diastolic`, everything else `value`.")
class ObservationInput:
    metric: Metric = strawberry.field(description="What was measured.")
    value: Decimal | None = strawberry.field(default=None, description="The number, except of blood pressure.")
    systolic: Decimal | None = strawberry.field(default=None, description="Of blood pressure: the higher number.")
    diastolic: Decimal | None = strawberry.field(default=None, description="Of blood pressure: the lower number.")
    unit: str | None = strawberry.field(
        default=None, description="UCUM; converted exactly to the metric's own unit, which it is when absent."
    )
    effective_at: datetime = strawberry.field(description="When it was measured.")
    source: DataSource | None = strawberry.field(default=DataSource.MANUAL, description="Where it comes from.")
    source_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The device's own id of the measurement: sent twice for a metric, stored once.",
    )
    note: str | None = strawberry.field(default=strawberry.UNSET, description="A remark, at most 1,000 characters.")

    def to_domain(self) -> Given:
        return Given(
            metric=self.metric,
            reading=Reading(self.value, self.systolic, self.diastolic),
            unit=self.unit,
            effective_at=self.effective_at,
            source=self.source or DataSource.MANUAL,
            source_key=or_unset(self.source_key),
            note=or_unset(self.note),
        )


OneMetric = Annotated[Metric | None, strawberry.argument(description="Only of this metric.")]
Metrics = Annotated[
    list[Metric] | None, strawberry.argument(description="Of these, in this order; absent: of every metric.")
]
From = Annotated[datetime | None, strawberry.argument(name="from", description="Measured then or later.")]
To = Annotated[datetime | None, strawberry.argument(name="to", description="Measured before then.")]
By = Annotated[Bucket | None, strawberry.argument(description="What the series counts by, in the caller's time zone.")]
FirstChanges = Annotated[int | None, strawberry.argument(description="Number of changes, 1 to 500.")]
Batch = Annotated[list[ObservationInput], strawberry.argument(description="At most 500: all are stored, or none.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="At most 500: all are deleted, or none.")]
Correction = Annotated[
    ObservationInput,
    strawberry.argument(description="How it should have been. The metric stays; source key and note do if omitted."),
]


async def health_data(
    info: Info,
    metric: OneMetric = None,
    start: From = None,
    end: To = None,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
) -> Page[Observation]:
    service = info.context.services.health
    size = DEFAULT_PAGE if first is None else first
    return await service.page(info.context.viewer, metric, Period(start, end), first=size, after=after)


async def health_stats(
    info: Info, metrics: Metrics = None, start: From = None, end: To = None, bucket: By = Bucket.DAY
) -> list[HealthStats]:
    period = Period(start, end)
    return await info.context.services.health.stats(info.context.viewer, metrics, period, bucket or Bucket.DAY)


async def health_data_changes(
    info: Info, after: str | None = None, first: FirstChanges = DEFAULT_CHANGES
) -> ObservationChanges:
    size = DEFAULT_CHANGES if first is None else first
    return await info.context.services.health.changes(info.context.viewer, after=after, first=size)


async def add_health_data(info: Info, input: Batch) -> list[Observation]:
    return await info.context.services.health.add(info.context.viewer, [item.to_domain() for item in input])


async def update_health_data(info: Info, id: strawberry.ID, input: Correction) -> Observation:
    return await info.context.services.health.update(info.context.viewer, id, input.to_domain())


async def delete_health_data(info: Info, ids: Ids) -> list[UUID]:
    return await info.context.services.health.delete(info.context.viewer, ids)


def unit(observation: Observation) -> str:
    return definition_of(observation.metric).unit


def loinc(observation: Observation) -> str:
    return definition_of(observation.metric).loinc


def number(part: str) -> Callable[[Observation], Decimal | None]:
    """Of an observation: `value`, `systolic` or `diastolic`."""

    def of(observation: Observation) -> Decimal | None:
        found: Decimal | None = getattr(observation.reading, part)
        return found

    return of


def figure(name: str) -> Callable[[HealthStats | StatPoint], Decimal | None]:
    """Of the value; null where there is none, and for blood pressure, which has two parts instead."""

    def of(stats: HealthStats | StatPoint) -> Decimal | None:
        return getattr(stats.value, name) if stats.value is not None else None

    return of
