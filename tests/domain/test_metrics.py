"""The table of metrics …"""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.health.definitions import Definition
from domain.health.metrics import DEFINITIONS, definition_of
from domain.health.models import Interpretation, Metric, Reading
from domain.health.units import Unit, converted, is_sane, rounded

D = Decimal
UNITS = [(definition, name) for definition in DEFINITIONS for name in definition.units]
numbers = st.decimals(min_value=-400, max_value=9_999, places=4)


def test_has_a_row_for_every_metric() -> None:
    assert [definition.metric for definition in DEFINITIONS] == list(Metric)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.metric.name)
def test_says_where_each_row_comes_from_and_is_consistent(definition: Definition) -> None:
    assert definition.source
    assert definition.units[definition.unit] == Unit(Fraction(1))
    for part in definition.parts:
        reference = part.reference
        limits = [reference.critical_low, reference.low, reference.high, reference.critical_high] if reference else []
        stated = [part.plausible.low, *(limit for limit in limits if limit is not None), part.plausible.high]
        assert stated == sorted(set(stated))
        assert _is_loinc(part.loinc)
    assert _is_loinc(definition.loinc)


# unit, a value in it, the same in the metric's own unit: worked out by hand or taken from the source named.
@pytest.mark.parametrize(
    ("metric", "unit", "value", "own"),
    [
        (Metric.BLOOD_PRESSURE, "mm[Hg]", "120", "120"),
        (Metric.BLOOD_PRESSURE, "kPa", "13.3322", "100"),
        (Metric.HEART_RATE, "/min", "72", "72"),
        (Metric.HEART_RATE, "{beats}/min", "72", "72"),
        (Metric.HEART_RATE, "Hz", "1.2", "72"),
        (Metric.BLOOD_GLUCOSE, "mmol/L", "5.6", "5.6"),
        (Metric.BLOOD_GLUCOSE, "mg/dL", "180.156", "10"),
        (Metric.BLOOD_GLUCOSE, "mg/dL", "100", "5.55074491"),
        (Metric.BODY_WEIGHT, "kg", "70.50", "70.50"),
        (Metric.BODY_WEIGHT, "g", "3250", "3.25"),
        (Metric.BODY_WEIGHT, "[lb_av]", "150", "68.0388555"),
        (Metric.BODY_WEIGHT, "[oz_av]", "16", "0.45359237"),
        (Metric.BODY_WEIGHT, "[stone_av]", "10", "63.5029318"),
        (Metric.BODY_HEIGHT, "cm", "175", "175"),
        (Metric.BODY_HEIGHT, "m", "1.75", "175"),
        (Metric.BODY_HEIGHT, "mm", "1755", "175.5"),
        (Metric.BODY_HEIGHT, "[in_i]", "70", "177.8"),
        (Metric.BODY_HEIGHT, "[ft_i]", "6", "182.88"),
        (Metric.BMI, "kg/m2", "22.9", "22.9"),
        (Metric.BODY_TEMPERATURE, "Cel", "36.6", "36.6"),
        (Metric.BODY_TEMPERATURE, "[degF]", "98.6", "37"),
        (Metric.BODY_TEMPERATURE, "[degF]", "100", "37.7777777778"),
        (Metric.BODY_TEMPERATURE, "K", "310.15", "37"),
        (Metric.OXYGEN_SATURATION, "%", "98", "98"),
        (Metric.RESPIRATORY_RATE, "/min", "16", "16"),
        (Metric.RESPIRATORY_RATE, "{breaths}/min", "16", "16"),
        (Metric.RESPIRATORY_RATE, "Hz", "0.25", "15"),
        (Metric.STEPS, "{steps}", "8000", "8000"),
        (Metric.STEPS, "{#}", "8000", "8000"),
        (Metric.STEPS, "1", "8000", "8000"),
        (Metric.SLEEP_DURATION, "h", "7.5", "7.5"),
        (Metric.SLEEP_DURATION, "min", "450", "7.5"),
        (Metric.SLEEP_DURATION, "s", "27000", "7.5"),
        (Metric.TOTAL_CHOLESTEROL, "mmol/L", "5.2", "5.2"),
        (Metric.TOTAL_CHOLESTEROL, "mg/dL", "193.332", "5"),
        (Metric.URIC_ACID, "umol/L", "420", "420"),
        (Metric.URIC_ACID, "mmol/L", "0.42", "420"),
        (Metric.URIC_ACID, "mg/dL", "16.8112", "1000"),
        (Metric.MOOD_SCORE, "{score}", "7", "7"),
        (Metric.MOOD_SCORE, "1", "7", "7"),
    ],
)
def test_converts(metric: Metric, unit: str, value: str, own: str) -> None:
    assert str(converted(D(value), definition_of(metric).units[unit])) == own


def test_is_tested_in_each_unit() -> None:
    marks = test_converts.pytestmark  # type: ignore[attr-defined]
    tested = {(metric, unit) for metric, unit, _, _ in marks[0].args[1]}
    assert tested == {(definition.metric, unit) for definition, unit in UNITS}


# Each limit of each row, and the number just before it.
@pytest.mark.parametrize(
    ("metric", "values"),
    [
        (Metric.HEART_RATE, {"40": "CL", "40.1": "L", "59.9": "L", "60": "N", "100": "N", "100.1": "H", "131": "CH"}),
        (
            Metric.BLOOD_GLUCOSE,
            {"2.99": "CL", "3.0": "L", "3.89": "L", "3.9": "N", "7.79": "N", "7.8": "H", "13.9": "H", "13.91": "CH"},
        ),
        (Metric.BODY_WEIGHT, {"70": None}),
        (Metric.BODY_HEIGHT, {"170": None}),
        (Metric.BMI, {"18.49": "L", "18.5": "N", "23.99": "N", "24.0": "H", "40": "H"}),
        (
            Metric.BODY_TEMPERATURE,
            {"35.0": "CL", "35.1": "L", "35.9": "L", "36.0": "N", "37.2": "N", "37.3": "H", "39.0": "H", "39.1": "CH"},
        ),
        (Metric.OXYGEN_SATURATION, {"89": "CL", "90": "L", "94.9": "L", "95": "N", "100": "N"}),
        (
            Metric.RESPIRATORY_RATE,
            {"8": "CL", "9": "L", "11": "L", "12": "N", "20": "N", "21": "H", "24": "H", "25": "CH"},
        ),
        (Metric.STEPS, {"0": None}),
        (Metric.SLEEP_DURATION, {"6.99": "L", "7": "N", "9": "N", "9.01": "H"}),
        (Metric.TOTAL_CHOLESTEROL, {"5.19": "N", "5.2": "H"}),
        (Metric.URIC_ACID, {"420": "N", "420.1": "H"}),
        (Metric.MOOD_SCORE, {"1": None}),
    ],
)
def test_interprets(metric: Metric, values: dict[str, str | None]) -> None:
    assert {value: _short(definition_of(metric).interpret(Reading(D(value)))) for value in values} == values


@pytest.mark.parametrize(
    ("systolic", "diastolic", "meaning"),
    [
        ("120", "80", "N"),
        ("139.9", "89.9", "N"),
        ("140", "80", "H"),
        ("120", "90", "H"),
        ("180", "80", "CH"),
        ("120", "110", "CH"),
        ("89.9", "60", "L"),
        ("90", "59.9", "L"),
        ("69.9", "50", "CL"),
        ("150", "55", "H"),
        ("85", "40", "L"),
    ],
)
def test_interprets_blood_pressure_by_its_worse_part(systolic: str, diastolic: str, meaning: str) -> None:
    reading = Reading(systolic=D(systolic), diastolic=D(diastolic))
    assert _short(definition_of(Metric.BLOOD_PRESSURE).interpret(reading)) == meaning


def test_has_no_opinion_on_children_but_for_fever_and_oxygen() -> None:
    high = {Metric.HEART_RATE: "140", Metric.BMI: "30", Metric.BODY_TEMPERATURE: "39.5", Metric.OXYGEN_SATURATION: "85"}
    found = {
        metric: _short(definition_of(metric).interpret(Reading(D(value)), age=4)) for metric, value in high.items()
    }
    assert list(found.values()) == [None, None, "CH", "CL"]
    assert _short(definition_of(Metric.HEART_RATE).interpret(Reading(D(140)), age=18)) == "CH"


@given(numbers, st.sampled_from(UNITS))
def test_converts_there_and_back_exactly(value: Decimal, unit: tuple[Definition, str]) -> None:
    exact = unit[0].units[unit[1]]
    assert exact.from_own(exact.to_own(Fraction(value))) == Fraction(value)


@given(numbers, st.sampled_from(UNITS))
def test_keeps_every_digit_that_was_given(value: Decimal, unit: tuple[Definition, str]) -> None:
    exact = unit[0].units[unit[1]]
    stored = converted(value, exact)
    assert rounded(exact.from_own(Fraction(stored)), places=4) == value


@given(st.decimals(min_value=0, max_value=500, places=3), st.decimals(min_value=0, max_value=500, places=3))
def test_converts_without_changing_the_order(one: Decimal, other: Decimal) -> None:
    unit = definition_of(Metric.BLOOD_GLUCOSE).units["mg/dL"]
    assert (converted(one, unit) < converted(other, unit)) == (one < other)


@given(st.fractions(max_denominator=10**12), st.integers(0, 12))
def test_rounds_half_to_even(value: Fraction, places: int) -> None:
    result = Fraction(rounded(value, places))
    half = Fraction(1, 2 * 10**places)
    assert abs(result - value) <= half
    if abs(result - value) == half:
        assert (result * 10**places) % 2 == 0


@pytest.mark.parametrize("text", ["1E+999999", "1E+12", "-1E+12", "1E-999999", "0E-21", "NaN", "-Infinity"])
def test_does_not_calculate_with_monsters(text: str) -> None:
    assert not is_sane(D(text))


def test_writes_a_number_with_an_exponent_plainly() -> None:
    assert str(converted(D("1.2E+2"), Unit(Fraction(1)))) == "120"


def _short(interpretation: Interpretation | None) -> str | None:
    return "".join(word[0] for word in interpretation.value.split("_")) if interpretation is not None else None


def _is_loinc(code: str) -> bool:
    """The digit after the dash is the Luhn check digit of those before it."""
    digits, check = code.split("-")
    doubled = [int(digit) * (2 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(digits))]
    return (sum(n // 10 + n % 10 for n in doubled) + int(check)) % 10 == 0
