"""However much there is of one person, PostgreSQL …

What it does stands in the output of these tests (`pytest -rP`); `make bench-health` shows it for a million.
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.health.models import Metric, Period
from domain.health.stats import Bucket
from domain.viewer import Viewer
from persistence.embedded.server import EmbeddedServer
from tests.health import Clinic, measured, opened
from tests.health_filling import fill
from tests.plans import Plan, plans_of
from tests.postgres import fresh_database

LAST = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
MARCH = Period(datetime(2026, 2, 28, 16, 7, 30, tzinfo=UTC), datetime(2026, 3, 31, 15, 52, 30, tzinfo=UTC))
ALL = Period(None, None)
PULSE = Metric.HEART_RATE


@pytest_asyncio.fixture(scope="module")
async def ward(postgres: EmbeddedServer, template_database: str) -> AsyncIterator[tuple[Clinic, Viewer]]:
    """Somebody whose watch has measured every minute for a month and more, among others."""
    with fresh_database(postgres, template_database) as dsn:
        async with opened(dsn) as clinic:
            for _ in range(5):
                await fill(clinic, await clinic.person(), list(Metric)[1:], LAST, count=1_000)
            patient = await clinic.person()
            await fill(clinic, patient, [PULSE], LAST, count=50_000)
            yield clinic, patient


async def shown(clinic: Clinic, call: Callable[[], Awaitable[object]]) -> list[Plan]:
    plans = await plans_of(clinic.database, call)
    for plan in plans:
        sys.stdout.write(f"{plan.text}\n\n")
    return plans


async def test_compiles_nothing(ward: tuple[Clinic, Viewer]) -> None:
    clinic, _ = ward
    assert await clinic.rows("SHOW jit") == [("off",)]
    async with clinic.database.transaction() as connection:
        assert (await connection.execute(text("SHOW jit"))).scalar() == "off"


async def test_adds_up_a_month_of_minutes_from_its_quarters_of_an_hour(ward: tuple[Clinic, Viewer]) -> None:
    clinic, patient = ward
    [plan] = await shown(clinic, lambda: clinic.service.stats(patient, [PULSE], MARCH, Bucket.DAY))
    assert plan.rows_of("observation_sums") == 31 * 24 * 4 - 2
    assert plan.rows_of("observations") <= 15 + 1
    assert plan.whole_tables() in ([], ["users"])


@pytest.mark.parametrize("metric", [None, PULSE])
async def test_reads_a_page_of_history_and_no_more(ward: tuple[Clinic, Viewer], metric: Metric | None) -> None:
    clinic, patient = ward
    first = await clinic.service.page(patient, metric, ALL, first=20, after=None)
    cursor = first.page_info.end_cursor
    [newest] = await shown(clinic, lambda: clinic.service.page(patient, metric, ALL, first=20, after=None))
    [deep, earlier] = await shown(clinic, lambda: clinic.service.page(patient, metric, ALL, first=20, after=cursor))
    for plan in (newest, deep):
        assert plan.rows_of("observations") == 21
        assert plan.buffers <= 80
    assert earlier.rows_of("observations") <= 1
    assert newest.whole_tables() + deep.whole_tables() + earlier.whole_tables() == []


async def test_reads_a_page_of_changes_and_no_more(ward: tuple[Clinic, Viewer]) -> None:
    clinic, patient = ward
    middle = (await clinic.service.changes(patient, after=None, first=500)).cursor
    for cursor in (None, middle):
        [plan] = await shown(clinic, partial(clinic.service.changes, patient, after=cursor, first=200))
        assert plan.rows_of("observations") == 201
        assert plan.whole_tables() == []


async def test_looks_nobody_up_the_long_way_whom_it_has_not_counted_yet(ward: tuple[Clinic, Viewer]) -> None:
    clinic, _ = ward
    stranger = await clinic.person()
    await clinic.service.add(stranger, [measured(PULSE, 70, LAST - timedelta(hours=hour)) for hour in range(500)])
    period = Period(LAST - timedelta(hours=1), LAST)
    plans = await shown(clinic, lambda: clinic.service.stats(stranger, [PULSE], period, Bucket.HOUR))
    plans += await shown(clinic, lambda: clinic.service.page(stranger, PULSE, period, first=20, after=None))
    assert [plan.rows_of("observations") for plan in plans] == [2, 1]


async def test_asks_as_many_statements_for_fourteen_metrics_as_for_one(ward: tuple[Clinic, Viewer]) -> None:
    clinic, patient = ward
    period = Period(LAST - timedelta(days=2), LAST)
    counts = [
        len(await plans_of(clinic.database, partial(clinic.service.stats, patient, asked, period, Bucket.HOUR)))
        for asked in ([PULSE], list(Metric))
    ]
    assert counts == [1, 1]
