"""What many measurements say together."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from domain.health.metrics import definition_of
from domain.health.models import Metric, Observation

MAX_POINTS = 5_000
"""Points of one metric's series: thirteen years by day, half a year by hour."""
FIGURE_PLACES = 6


class Bucket(Enum):
    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Spread:
    min: Decimal
    max: Decimal
    avg: Decimal
    sum: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """`stddev` is that of a sample; `trend_per_week` is the slope of the least-squares line. Both need two values."""

    min: Decimal
    max: Decimal
    avg: Decimal
    sum: Decimal
    stddev: Decimal | None
    trend_per_week: Decimal | None


@dataclass(frozen=True, slots=True)
class StatPoint:
    """`at` is where the bucket begins for the user. Blood pressure has its two parts instead of a value."""

    at: datetime
    count: int
    value: Spread | None = None
    systolic: Spread | None = None
    diastolic: Spread | None = None


@dataclass(frozen=True, slots=True)
class HealthStats:
    """`series` has the buckets with measurements only. Blood pressure has its two parts instead of a value."""

    metric: Metric
    count: int
    out_of_range: int
    latest: Observation | None
    series: tuple[StatPoint, ...]
    value: Figures | None = None
    systolic: Figures | None = None
    diastolic: Figures | None = None

    @property
    def unit(self) -> str:
        return definition_of(self.metric).unit


def first_moment(at: datetime, zone: ZoneInfo) -> datetime:
    """The first of the two moments that a clock going back shows as `at`, whichever of them `at` is."""
    return at.astimezone(zone).replace(fold=0).astimezone(UTC)
