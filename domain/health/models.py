"""What was measured."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

from domain.accounts.rules import age_on
from domain.unset import UnsetType

MAX_BATCH = 500
MAX_NOTE = 1_000
MAX_SOURCE_KEY = 200
MAX_CHANGES = 500


class Metric(Enum):
    BLOOD_PRESSURE = "BLOOD_PRESSURE"
    HEART_RATE = "HEART_RATE"
    BLOOD_GLUCOSE = "BLOOD_GLUCOSE"
    BODY_WEIGHT = "BODY_WEIGHT"
    BODY_HEIGHT = "BODY_HEIGHT"
    BMI = "BMI"
    BODY_TEMPERATURE = "BODY_TEMPERATURE"
    OXYGEN_SATURATION = "OXYGEN_SATURATION"
    RESPIRATORY_RATE = "RESPIRATORY_RATE"
    STEPS = "STEPS"
    SLEEP_DURATION = "SLEEP_DURATION"
    TOTAL_CHOLESTEROL = "TOTAL_CHOLESTEROL"
    URIC_ACID = "URIC_ACID"
    MOOD_SCORE = "MOOD_SCORE"


class Interpretation(Enum):
    CRITICAL_LOW = "CRITICAL_LOW"
    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    CRITICAL_HIGH = "CRITICAL_HIGH"


class DataSource(Enum):
    MANUAL = "MANUAL"
    DEVICE = "DEVICE"
    IMPORT = "IMPORT"


@dataclass(frozen=True, slots=True)
class Reading:
    """The numbers of one measurement: `value`, or for blood pressure the other two."""

    value: Decimal | None = None
    systolic: Decimal | None = None
    diastolic: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A measurement as a client sent it. An update that does not name note or source key leaves them UNSET."""

    metric: Metric
    reading: Reading
    unit: str | None
    effective_at: datetime
    source: DataSource
    source_key: str | UnsetType | None = None
    note: str | UnsetType | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """A measurement in the metric's own unit. With `deleted_at` it is only a trace: its numbers and note are gone."""

    id: UUID
    user_id: UUID
    metric: Metric
    reading: Reading
    interpretation: Interpretation | None
    effective_at: datetime
    source: DataSource
    source_key: str | None
    note: str | None
    derived_from: UUID | None
    change: int
    created_at: datetime
    deleted_at: datetime | None

    @property
    def is_derived(self) -> bool:
        return self.derived_from is not None


@dataclass(frozen=True, slots=True)
class Weighing:
    """A weight in kg with the height in cm known for its time; `bmi_was_measured` at the very moment, too."""

    id: UUID
    effective_at: datetime
    source: DataSource
    weight: Decimal
    height: Decimal | None
    bmi_was_measured: bool


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever holds this writes alone for the user; `change` is the number of this writing, higher than all before."""

    user_id: UUID
    change: int
    birth_date: date | None

    def age_at(self, moment: datetime) -> int | None:
        """In years; None where the birth date is not known."""
        return age_on(moment.date(), self.birth_date) if self.birth_date is not None else None


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` on, up to and without `end`."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeMark:
    """Where a device stands in the feed of changes."""

    change: int
    id: UUID
