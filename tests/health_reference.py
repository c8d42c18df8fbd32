"""Statistics as anybody would work them out with paper and a wall clock. Slow, and easy to believe."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from domain.health.models import Interpretation, Metric, Observation, Period
from domain.health.stats import Bucket, Figures, HealthStats, Spread, StatPoint

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
WEEK = 604_800
ZERO = Fraction(0)
PARTS = ("value", "systolic", "diastolic")


def expected(
    metric: Metric, observations: Sequence[Observation], period: Period, bucket: Bucket, zone: ZoneInfo
) -> HealthStats:
    seen = [each for each in observations if each.metric is metric and _inside(each.effective_at, period)]
    by_bucket: dict[datetime, list[Observation]] = defaultdict(list)
    for each in seen:
        by_bucket[_bucket_start(each.effective_at, bucket, zone)].append(each)
    return HealthStats(
        metric=metric,
        count=len(seen),
        out_of_range=sum(each.interpretation not in (None, Interpretation.NORMAL) for each in seen),
        latest=max(seen, key=lambda each: (each.effective_at, each.id), default=None),
        series=tuple(_point(at, by_bucket[at]) for at in sorted(by_bucket)),
        **{part: _figures(part, seen) for part in PARTS},
    )


def _inside(at: datetime, period: Period) -> bool:
    return (period.start is None or at >= period.start) and (period.end is None or at < period.end)


def _bucket_start(at: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    if bucket is Bucket.HOUR:
        return at - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    day = local.date()
    if bucket is Bucket.WEEK:
        day -= timedelta(days=day.weekday())
    if bucket is Bucket.MONTH:
        day = day.replace(day=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _point(at: datetime, seen: list[Observation]) -> StatPoint:
    spreads = {part: _spread(numbers) for part in PARTS if (numbers := _numbers(part, seen))}
    return StatPoint(at, len(seen), **spreads)


def _numbers(part: str, seen: list[Observation]) -> list[Fraction]:
    return [Fraction(number) for each in seen if (number := getattr(each.reading, part)) is not None]


def _spread(numbers: list[Fraction]) -> Spread:
    return Spread(_decimal(min(numbers)), _decimal(max(numbers)), _rounded(_mean(numbers)), _decimal(sum(numbers)))


def _figures(part: str, seen: list[Observation]) -> Figures | None:
    numbers = _numbers(part, seen)
    if not numbers:
        return None
    spread = _spread(numbers)
    mean = _mean(numbers)
    deviation = None
    if len(numbers) > 1:
        variance = sum(((number - mean) ** 2 for number in numbers), ZERO) / (len(numbers) - 1)
        deviation = EXACT.sqrt(_decimal(variance)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return Figures(spread.min, spread.max, spread.avg, spread.sum, deviation, _slope(numbers, seen))


def _slope(numbers: list[Fraction], seen: list[Observation]) -> Decimal | None:
    moments = [
        Fraction((each.effective_at - seen[0].effective_at) // timedelta(microseconds=1), 10**6) for each in seen
    ]
    mean_t, mean_v = _mean(moments), _mean(numbers)
    across = sum(((t - mean_t) ** 2 for t in moments), ZERO)
    if not across:
        return None
    along = sum(((t - mean_t) * (v - mean_v) for t, v in zip(moments, numbers, strict=True)), ZERO)
    return _rounded(WEEK * along / across)


def _mean(numbers: list[Fraction]) -> Fraction:
    return sum(numbers, ZERO) / len(numbers)


def _decimal(number: Fraction | int) -> Decimal:
    exact = Fraction(number)
    return EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def _rounded(number: Fraction) -> Decimal:
    return _decimal(number).quantize(Decimal("0.000001"), ROUND_HALF_UP)
