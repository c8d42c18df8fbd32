"""What a measurement must be like before it is stored. Every error names the field at fault, under its item."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.errors import BadUserInput, ManyProblems
from domain.health.definitions import Definition, Part
from domain.health.metrics import definition_of
from domain.health.models import MAX_BATCH, MAX_NOTE, MAX_SOURCE_KEY, Given, Reading
from domain.health.units import converted, is_sane
from domain.texts import clean_text

CLOCKS_DIFFER = timedelta(minutes=5)
"""A phone's clock may be ahead of ours by this much."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
NUMBERS = ("value", "systolic", "diastolic")
NAMES = {
    "value": ("数值", "The value"),
    "systolic": ("收缩压", "The systolic pressure"),
    "diastolic": ("舒张压", "The diastolic pressure"),
}


def checked_batch(items: Sequence[Given], now: datetime) -> list[Given]:
    """All of them in their metrics' own units, or BadUserInput with a problem for each item that is wrong."""
    if len(items) > MAX_BATCH:
        raise BadUserInput(
            f"一次最多提交 {MAX_BATCH} 条数据", f"At most {MAX_BATCH} observations at a time.", field="input"
        )
    good: list[Given] = []
    problems: list[BadUserInput] = []
    for index, item in enumerate(items):
        try:
            good.append(checked(item, now, path=f"input[{index}]"))
        except BadUserInput as problem:
            problems.append(problem)
    if problems:
        raise ManyProblems(problems)
    return good


def checked(given: Given, now: datetime, *, path: str = "input") -> Given:
    """In the metric's own unit. Raises BadUserInput."""
    _check_time(given.effective_at, now, f"{path}.effectiveAt")
    if isinstance(given.note, str) and given.note:
        clean_text(given.note, field=f"{path}.note", most=MAX_NOTE)
    if isinstance(given.source_key, str):
        clean_text(given.source_key, field=f"{path}.sourceKey", most=MAX_SOURCE_KEY)
    definition = definition_of(given.metric)
    reading = Reading(**dict(_numbers(definition, given, path)))
    if reading.systolic is not None and reading.diastolic is not None and reading.diastolic >= reading.systolic:
        raise BadUserInput(
            "舒张压必须低于收缩压", "The diastolic pressure must be below the systolic.", field=f"{path}.diastolic"
        )
    return replace(given, reading=reading, unit=definition.unit, note=given.note or None)


def _check_time(effective_at: datetime, now: datetime, field: str) -> None:
    if effective_at > now + CLOCKS_DIFFER:
        raise BadUserInput("测量时间不能在将来", "The time of measurement is in the future.", field=field)
    if effective_at < EARLIEST:
        raise BadUserInput("测量时间不能早于 1900 年", "The time of measurement is before 1900.", field=field)


def _numbers(definition: Definition, given: Given, path: str) -> Iterator[tuple[str, Decimal]]:
    unit_name = given.unit if given.unit is not None else definition.unit
    unit = definition.units.get(unit_name)
    if unit is None:
        accepted = ", ".join(definition.units)
        raise BadUserInput(
            f"{definition.zh}不接受这个单位，可用：{accepted}",
            f"This unit is not accepted for {definition.en}; use one of: {accepted}",
            field=f"{path}.unit",
        )
    parts = {part.name: part for part in definition.parts}
    for name in NUMBERS:
        number = getattr(given.reading, name)
        _check_presence(definition, name, wanted=name in parts, given=number is not None, field=f"{path}.{name}")
        if number is not None:
            own = converted(number, unit) if is_sane(number) else None
            yield name, _plausible(definition, parts[name], own, f"{path}.{name}")


def _check_presence(definition: Definition, name: str, *, wanted: bool, given: bool, field: str) -> None:
    zh, en = NAMES[name]
    if wanted and not given:
        raise BadUserInput(f"{definition.zh}缺少{zh}", f"{en} is missing for {definition.en}.", field=field)
    if given and not wanted:
        raise BadUserInput(f"{definition.zh}没有{zh}", f"{en} does not belong to {definition.en}.", field=field)


def _plausible(definition: Definition, part: Part, number: Decimal | None, field: str) -> Decimal:
    if number is None or number not in part.plausible:
        low, high = part.plausible.low, part.plausible.high
        zh, en = (definition.zh, f"A {definition.en}") if part.name == "value" else NAMES[part.name]
        raise BadUserInput(
            f"{zh}应在 {low} 到 {high} {definition.unit} 之间",
            f"{en} must be between {low} and {high} {definition.unit}.",
            field=field,
        )
    if definition.whole and number != number.to_integral_value():
        raise BadUserInput(f"{definition.zh}应为整数", f"A {definition.en} is a whole number.", field=field)
    return number
