"""What a metric is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from domain.health.models import Interpretation, Metric, Reading
from domain.health.ranges import Plausible, Reference, worst
from domain.health.units import Unit

ADULT = 18


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a metric; `name` is its field of Reading."""

    name: str
    loinc: str
    plausible: Plausible
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """`reference_age`: years of age from which the reference ranges hold. `whole`: fractions make no sense."""

    metric: Metric
    zh: str
    en: str
    loinc: str
    unit: str
    units: Mapping[str, Unit]
    parts: tuple[Part, ...]
    source: str
    reference_age: int = ADULT
    whole: bool = False

    def interpret(self, reading: Reading, age: int | None = None) -> Interpretation | None:
        """None where no reference range holds. An unknown age counts as an adult's."""
        if age is not None and age < self.reference_age:
            return None
        return worst([part.reference.interpret(_number(part, reading)) for part in self.parts if part.reference])


def _number(part: Part, reading: Reading) -> Decimal:
    number: Decimal = getattr(reading, part.name)
    return number
