"""Statistics of health data, computed by PostgreSQL, …"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.errors import BadUserInput
from domain.health.models import Given, Metric, Period
from domain.health.stats import Bucket, Figures, Spread
from persistence.embedded.server import EmbeddedServer
from persistence.health_stats import ORIGIN, QUARTER, divided
from tests.examples import examples
from tests.health import NOON, Clinic, measured, opened, pressure
from tests.health_reference import expected
from tests.postgres import fresh_database

D = Decimal
ALL = Period(None, None)
# Each a time zone and a moment near which its clocks did something remarkable.
REMARKABLE = {
    "an hour lost": ("America/New_York", datetime(2021, 3, 14, 7, tzinfo=UTC)),
    "an hour twice": ("America/New_York", datetime(2021, 11, 7, 6, tzinfo=UTC)),
    "midnight lost": ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    "midnight twice": ("America/Havana", datetime(2023, 11, 5, 5, tzinfo=UTC)),
    "half an hour twice": ("Australia/Lord_Howe", datetime(2019, 4, 6, 15, tzinfo=UTC)),
    "a day lost": ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    "back a minute past midnight": ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),
    "forth a minute past midnight": ("America/St_Johns", datetime(2011, 3, 13, 3, 31, tzinfo=UTC)),
    "45 minutes off": ("Asia/Kathmandu", datetime(2024, 2, 29, 18, 15, tzinfo=UTC)),
    "44 minutes and a half off, until it was not": ("Africa/Monrovia", datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC)),
    "a new year in China": ("Asia/Shanghai", datetime(2024, 12, 31, 16, tzinfo=UTC)),
}


@pytest_asyncio.fixture(scope="module")
async def clinic(postgres: EmbeddedServer, template_database: str) -> AsyncIterator[Clinic]:
    with fresh_database(postgres, template_database) as dsn:
        async with opened(dsn) as clinic:
            yield clinic


def near(moment: datetime) -> SearchStrategy[datetime]:
    """Often within minutes, sometimes within weeks; often on a quarter of an hour."""
    seconds = st.one_of(st.integers(-900, 900), st.integers(-7200, 7200), st.integers(-40 * 86_400, 40 * 86_400))
    free = st.tuples(seconds, st.integers(0, 999_999)).map(lambda s: timedelta(seconds=s[0], microseconds=s[1]))
    even = st.integers(-12, 12).map(lambda quarters: quarters * QUARTER)
    return st.one_of(free, even).map(lambda distance: moment + distance)


def measurements(moment: datetime) -> SearchStrategy[Given]:
    at = near(moment)
    celsius = st.decimals(34, 41, places=4)
    return st.one_of(
        st.builds(lambda value, at: measured(Metric.BODY_TEMPERATURE, value, at), celsius, at),
        st.builds(lambda value, at: measured(Metric.STEPS, value, at), st.integers(0, 100_000), at),
        st.builds(pressure, st.integers(100, 200), st.decimals(40, 99, places=1), at),
    )


@pytest.mark.parametrize(("timezone", "moment"), REMARKABLE.values(), ids=REMARKABLE.keys())
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_equal_those_of_a_plain_reference(
    clinic: Clinic, timezone: str, moment: datetime, data: st.DataObject
) -> None:
    patient = await clinic.person(timezone)
    series = data.draw(st.lists(measurements(moment), min_size=1, max_size=40))
    stored = await clinic.service.add(patient, series)
    start, end = data.draw(st.tuples(st.none() | near(moment), st.none() | near(moment)))
    period = Period(start, end) if start is None or end is None or start <= end else Period(end, start)
    bucket = data.draw(st.sampled_from(Bucket))
    metrics = data.draw(st.permutations([Metric.STEPS, Metric.BLOOD_PRESSURE, Metric.BODY_TEMPERATURE, Metric.BMI]))
    found = await clinic.service.stats(patient, metrics, period, bucket)
    assert found == [expected(metric, stored, period, bucket, ZoneInfo(timezone)) for metric in metrics]


@pytest.mark.parametrize(
    ("timezone", "midnight_passes"),
    [
        ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),
        ("Africa/Monrovia", datetime(1971, 6, 1, 0, 44, 30, tzinfo=UTC)),
    ],
)
async def test_divide_a_quarter_of_an_hour_where_a_day_does(
    clinic: Clinic, timezone: str, midnight_passes: datetime
) -> None:
    patient = await clinic.person(timezone)
    times = [midnight_passes - timedelta(seconds=10), midnight_passes + timedelta(seconds=10)]
    await clinic.service.add(patient, [measured(Metric.STEPS, 1, at) for at in times])
    [stats] = await clinic.service.stats(patient, [Metric.STEPS], ALL, Bucket.DAY)
    assert [point.count for point in stats.series] == [1, 1]


async def test_are_what_a_person_would_work_out(clinic: Clinic) -> None:
    patient = await clinic.person()
    day = timedelta(days=1)
    values = {NOON: "5.0", NOON + day: "6.0", NOON + 2 * day: "8.5", NOON + 2 * day + timedelta(hours=1): "7.0"}
    added = await clinic.service.add(patient, [measured(Metric.BLOOD_GLUCOSE, v, at) for at, v in values.items()])
    [stats] = await clinic.service.stats(patient, [Metric.BLOOD_GLUCOSE], ALL, Bucket.DAY)
    assert (stats.count, stats.out_of_range, stats.latest, stats.unit) == (4, 1, added[-1], "mmol/L")
    assert stats.value == Figures(D("5.0"), D("8.5"), D("6.625"), D("26.5"), D("1.493039"), D("9.678852"))
    midnights = [datetime(2026, 2, 28, 16, tzinfo=UTC) + day * index for index in range(3)]
    assert [(point.at, point.count) for point in stats.series] == list(zip(midnights, [1, 1, 2], strict=True))
    assert stats.series[2].value == Spread(D("7.0"), D("8.5"), D("7.75"), D("15.5"))


async def test_of_one_value_have_no_deviation_and_no_trend(clinic: Clinic) -> None:
    patient = await clinic.person()
    await clinic.service.add(patient, [measured(Metric.HEART_RATE, 72)])
    [stats] = await clinic.service.stats(patient, [Metric.HEART_RATE], ALL, Bucket.MONTH)
    assert stats.value == Figures(D(72), D(72), D(72), D(72), None, None)


async def test_of_nothing_are_nothing_for_each_metric_asked(clinic: Clinic) -> None:
    patient = await clinic.person()
    asked = [Metric.STEPS, Metric.BMI, Metric.STEPS]
    found = await clinic.service.stats(patient, asked, ALL, Bucket.DAY)
    assert [(stats.metric, stats.count, stats.value, stats.series) for stats in found] == [
        (Metric.STEPS, 0, None, ()),
        (Metric.BMI, 0, None, ()),
    ]
    assert [stats.metric for stats in await clinic.service.stats(patient, None, ALL, Bucket.DAY)] == list(Metric)
    assert await clinic.service.stats(patient, [], ALL, Bucket.DAY) == []


async def test_see_nothing_of_anybody_else(clinic: Clinic) -> None:
    patient, other = await clinic.person(), await clinic.person()
    await clinic.service.add(patient, [measured(Metric.HEART_RATE, 72)])
    [stats] = await clinic.service.stats(other, [Metric.HEART_RATE], ALL, Bucket.DAY)
    assert (stats.count, stats.latest) == (0, None)


@pytest.mark.slow
async def test_of_more_points_than_a_phone_can_draw_are_refused(clinic: Clinic) -> None:
    patient = await clinic.person()
    for start in range(0, 5001, 500):
        hours = range(start, min(start + 500, 5001))
        await clinic.service.add(
            patient, [measured(Metric.HEART_RATE, 72, NOON - timedelta(hours=hour)) for hour in hours]
        )
    with pytest.raises(BadUserInput) as caught:
        await clinic.service.stats(patient, [Metric.HEART_RATE], ALL, Bucket.HOUR)
    assert caught.value.field == "bucket"
    assert len((await clinic.service.stats(patient, [Metric.HEART_RATE], ALL, Bucket.DAY))[0].series) == 209


moments = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))


@given(moments, moments)
def test_take_every_moment_of_the_period_once(one: datetime, other: datetime) -> None:
    starts, ends = min(one, other), max(one, other)
    first, last, edges = divided(starts, ends)
    spans = sorted([*edges, (first, last)]) if first < last else edges
    assert spans[0][0] == starts
    assert spans[-1][1] == ends
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert (first - ORIGIN) % QUARTER == (last - ORIGIN) % QUARTER == timedelta()
