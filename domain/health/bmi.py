"""The body mass index that follows from a weight and the height known for its time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from domain.clock import new_id
from domain.health.metrics import definition_of
from domain.health.models import Metric, Observation, Reading, Weighing, Writer
from domain.health.units import rounded

PLACES = 2
DEFINITION = definition_of(Metric.BMI)


def body_mass_index(weight: Decimal, height: Decimal) -> Decimal:
    """Of kg and cm, in kg/m2."""
    return rounded(Fraction(weight) / (Fraction(height) / 100) ** 2, PLACES)


def derived_changes(
    writer: Writer, now: datetime, weighings: Sequence[Weighing], derived: Mapping[UUID, Observation]
) -> list[Observation]:
    """What has to be stored so that each weighing has its index. `derived`: those there are, by their weight's id."""
    changes = (_change(writer, now, weighing, derived.get(weighing.id)) for weighing in weighings)
    return [change for change in changes if change is not None]


def erased(observation: Observation, change: int, now: datetime) -> Observation:
    """The trace that is left of a deleted observation."""
    return replace(observation, reading=Reading(), interpretation=None, note=None, change=change, deleted_at=now)


def _change(writer: Writer, now: datetime, weighing: Weighing, known: Observation | None) -> Observation | None:
    reading = _reading(weighing)
    if reading is None:
        return erased(known, writer.change, now) if known is not None and known.deleted_at is None else None
    wanted = Observation(
        id=known.id if known is not None else new_id(),
        user_id=writer.user_id,
        metric=Metric.BMI,
        reading=reading,
        interpretation=DEFINITION.interpret(reading, writer.age_at(weighing.effective_at)),
        effective_at=weighing.effective_at,
        source=weighing.source,
        source_key=None,
        note=None,
        derived_from=weighing.id,
        change=writer.change,
        created_at=known.created_at if known is not None else now,
        deleted_at=None,
    )
    return None if known is not None and replace(wanted, change=known.change) == known else wanted


def _reading(weighing: Weighing) -> Reading | None:
    if weighing.height is None or weighing.bmi_was_measured:
        return None
    value = body_mass_index(weighing.weight, weighing.height)
    return Reading(value) if value in DEFINITION.parts[0].plausible else None
