"""Which numbers can be true, and which are out of the ordinary."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.health.models import Interpretation
from domain.health.units import SMALLEST_STEP


@dataclass(frozen=True, slots=True)
class Plausible:
    """Both ends included."""

    low: Decimal
    high: Decimal

    def __contains__(self, value: Decimal) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Reference:
    """Normal is `low` ≤ value < `high`; critical is below `critical_low` and from `critical_high` on."""

    low: Decimal | None = None
    high: Decimal | None = None
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None

    def interpret(self, value: Decimal) -> Interpretation:
        if self.critical_low is not None and value < self.critical_low:
            return Interpretation.CRITICAL_LOW
        if self.critical_high is not None and value >= self.critical_high:
            return Interpretation.CRITICAL_HIGH
        if self.low is not None and value < self.low:
            return Interpretation.LOW
        if self.high is not None and value >= self.high:
            return Interpretation.HIGH
        return Interpretation.NORMAL


def plausible(low: str, high: str) -> Plausible:
    return Plausible(Decimal(low), Decimal(high))


def over(limit: str) -> Decimal:
    """The smallest kept number above a limit that is itself still inside."""
    return Decimal(limit) + SMALLEST_STEP


SEVERITY = {
    Interpretation.NORMAL: 0,
    Interpretation.LOW: 1,
    Interpretation.HIGH: 1,
    Interpretation.CRITICAL_LOW: 2,
    Interpretation.CRITICAL_HIGH: 2,
}


def worst(interpretations: Sequence[Interpretation]) -> Interpretation | None:
    """The most severe, the first of equals; None of none."""
    return max(interpretations, key=SEVERITY.__getitem__, default=None)
