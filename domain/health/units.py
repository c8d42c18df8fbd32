"""Exact conversion between UCUM units: fractions all the way, decimals only at the ends."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

PLACES = 10
"""Numbers are kept to this many decimal places, far below what any device resolves."""
SMALLEST_STEP = Decimal(1).scaleb(-PLACES)
MOST_DIGITS = 12
"""No number about a body has more digits before its point."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A value in this unit is `factor × value + offset` in the metric's own."""

    factor: Fraction
    offset: Fraction = Fraction(0)

    def to_own(self, value: Fraction) -> Fraction:
        return self.factor * value + self.offset

    def from_own(self, value: Fraction) -> Fraction:
        return (value - self.offset) / self.factor


OWN = Unit(Fraction(1))


def exact(number: str) -> Fraction:
    """A decimal or a quotient of two: "0.1", "1/60", "1/0.133322"."""
    over, _, under = number.partition("/")
    return Fraction(over) / Fraction(under or 1)


def times(factor: str) -> Unit:
    """A unit that is so many of the metric's own."""
    return Unit(exact(factor))


def moles(molar_mass: str, per_litre_in_mmol: int) -> Unit:
    """mg/dL of a substance of this molar mass (g/mol) in mmol/L (1) or umol/L (1000)."""
    return Unit(10 * per_litre_in_mmol / Fraction(molar_mass))


def converted(value: Decimal, unit: Unit) -> Decimal:
    """In the metric's own unit, correctly rounded to PLACES; a value already in it keeps the digits it was given."""
    if unit == OWN and _places(value) <= PLACES:
        return value if _places(value) >= 0 else value.quantize(Decimal(1))
    return rounded(unit.to_own(Fraction(value)))


def rounded(value: Fraction, places: int = PLACES) -> Decimal:
    """Half to even, without trailing zeros."""
    scaled = round(value * 10**places)
    while places > 0 and scaled % 10 == 0:
        scaled, places = scaled // 10, places - 1
    return Decimal(f"{scaled}e-{places}")


def is_sane(value: Decimal) -> bool:
    """Whether arithmetic on it stays small: "1E+999999999" is a valid decimal."""
    return value.is_finite() and value.adjusted() < MOST_DIGITS and _places(value) <= 2 * PLACES


def _places(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)
