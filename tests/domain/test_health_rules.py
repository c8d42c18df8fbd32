"""What a measurement must be like …"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.errors import BadUserInput, ManyProblems
from domain.health.models import DataSource, Given, Metric, Reading
from domain.health.rules import checked, checked_batch
from domain.unset import UNSET

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pulse(value: str = "72", **changes: Any) -> Given:
    return measured(Metric.HEART_RATE, value=value, **changes)


def measured(metric: Metric, **changes: Any) -> Given:
    numbers = {name: Decimal(changes.pop(name)) for name in ("value", "systolic", "diastolic") if name in changes}
    fields: dict[str, Any] = {"unit": None, "effective_at": NOW, "source": DataSource.MANUAL}
    return Given(metric=metric, reading=Reading(**numbers), **fields | changes)


def test_is_put_into_the_metrics_own_unit() -> None:
    good = checked(measured(Metric.BODY_TEMPERATURE, value="98.6", unit="[degF]", note="", source_key="k"), NOW)
    assert (good.reading, good.unit, good.note, good.source_key) == (Reading(Decimal(37)), "Cel", None, "k")


def test_may_leave_note_and_key_unsaid() -> None:
    good = checked(pulse(note=UNSET, source_key=UNSET), NOW)
    assert (good.note, good.source_key) == (UNSET, UNSET)


PRESSURE = Metric.BLOOD_PRESSURE
WRONG = {
    "a unit of another metric": (pulse(unit="kg"), "unit"),
    "a unit that is none": (pulse(unit=""), "unit"),
    "mg/dL without saying so": (measured(Metric.BLOOD_GLUCOSE, value="99"), "value"),
    "no value": (measured(Metric.HEART_RATE), "value"),
    "an impossible value": (pulse("301"), "value"),
    "a negative value": (pulse("-72"), "value"),
    "an impossible value in another unit": (
        measured(Metric.BODY_TEMPERATURE, value="120", unit="[degF]"),
        "value",
    ),
    "a monster": (pulse("1E+999999"), "value"),
    "a monster's opposite": (pulse("1E-999999"), "value"),
    "half a step": (measured(Metric.STEPS, value="0.5"), "value"),
    "a value for blood pressure": (measured(PRESSURE, value="120"), "value"),
    "no systolic": (measured(PRESSURE, diastolic="80"), "systolic"),
    "no diastolic": (measured(PRESSURE, systolic="120"), "diastolic"),
    "systolic for something else": (pulse(systolic="120"), "systolic"),
    "diastolic for something else": (pulse(diastolic="80"), "diastolic"),
    "the two exchanged": (measured(PRESSURE, systolic="80", diastolic="120"), "diastolic"),
    "the two the same": (measured(PRESSURE, systolic="100", diastolic="100"), "diastolic"),
    "an impossible systolic": (measured(PRESSURE, systolic="1200", diastolic="80"), "systolic"),
    "an impossible diastolic": (measured(PRESSURE, systolic="120", diastolic="8"), "diastolic"),
    "the future": (pulse(effective_at=NOW + timedelta(minutes=6)), "effectiveAt"),
    "another century": (pulse(effective_at=datetime(1899, 12, 31, tzinfo=UTC)), "effectiveAt"),
    "a long note": (pulse(note="长" * 1001), "note"),
    "a blank note": (pulse(note="  "), "note"),
    "a note with NUL": (pulse(note="a\x00"), "note"),
    "a note with half a letter": (pulse(note="\ud800"), "note"),
    "an empty key": (pulse(source_key=""), "sourceKey"),
    "a long key": (pulse(source_key="k" * 201), "sourceKey"),
    "a key with NUL": (pulse(source_key="\x00"), "sourceKey"),
}


@pytest.mark.parametrize(("given", "field"), WRONG.values(), ids=WRONG.keys())
def test_is_refused_with_the_field_at_fault(given: Given, field: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        checked(given, NOW, path="input[3]")
    assert caught.value.field == f"input[3].{field}"
    assert caught.value.zh != caught.value.en


def test_may_be_ahead_of_our_clock_by_minutes() -> None:
    assert checked(pulse(effective_at=NOW + timedelta(minutes=5)), NOW)


def test_names_every_wrong_item_of_a_batch() -> None:
    with pytest.raises(ManyProblems) as caught:
        checked_batch([pulse(), pulse("1"), pulse(unit="kg"), pulse()], NOW)
    assert [problem.field for problem in caught.value.problems] == ["input[1].value", "input[2].unit"]
    assert caught.value.field == "input[1].value"


def test_comes_in_batches_of_at_most_500() -> None:
    assert len(checked_batch([pulse()] * 500, NOW)) == 500
    with pytest.raises(BadUserInput) as caught:
        checked_batch([pulse()] * 501, NOW)
    assert caught.value.field == "input"
