"""What health data needs from outside."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from domain.health.models import ChangeMark, Metric, Observation, Period, Weighing, Writer
from domain.health.stats import Bucket, HealthStats
from domain.paging import Page


class HealthStore(Protocol):
    """Statements inside one transaction."""

    async def begin(self, user_id: UUID) -> Writer:
        """Waits until nobody else writes for this user."""

    async def owned(self, user_id: UUID, ids: Sequence[UUID]) -> list[Observation]:
        """Those of the user's, traces of deleted ones included."""

    async def sent(self, user_id: UUID, keys: Sequence[tuple[Metric, str]]) -> list[Observation]:
        """By (metric, source key), traces included."""

    async def derived(self, user_id: UUID, weight_ids: Sequence[UUID]) -> list[Observation]:
        """What was derived from these weights, traces included."""

    async def weighings(self, user_id: UUID, first: datetime, last: datetime, *, heights: bool) -> list[Weighing]:
        """The weights of first..last; with `heights`, also those whose height is one of that time."""

    async def save(self, observations: Sequence[Observation]) -> None:
        """Stores new ones and replaces those of the same id."""

    async def sum_up(self, user_id: UUID, touched: Sequence[tuple[Metric, datetime]]) -> None:
        """Renews the sums that statistics are made of, wherever one of these was added, changed or deleted."""


class HealthReads(Protocol):
    async def page(
        self, user_id: UUID, metric: Metric | None, period: Period, *, limit: int, after: str | None
    ) -> Page[Observation]: ...

    async def changes(self, user_id: UUID, after: ChangeMark | None, limit: int) -> list[Observation]:
        """In the order of their changes, traces included."""

    async def stats(
        self, user_id: UUID, metrics: Sequence[Metric], period: Period, bucket: Bucket
    ) -> list[HealthStats]:
        """One for each metric, in their order, in the user's time zone."""


class HealthWork(Protocol):
    @property
    def health(self) -> HealthStore: ...


W_co = TypeVar("W_co", bound=HealthWork, covariant=True)


class OpensWork(Protocol[W_co]):
    def __call__(self) -> AbstractAsyncContextManager[W_co]: ...
