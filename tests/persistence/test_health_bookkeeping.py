"""Whatever happens to health data, in whatever order, …"""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadUserInput
from domain.health.bmi import body_mass_index
from domain.health.models import Given, Metric, Observation, Period
from domain.viewer import Viewer
from persistence.embedded.server import EmbeddedServer
from persistence.work import work_on
from tests.health import NOON, Clinic, measured, opened
from tests.postgres import fresh_database

D = Decimal
DAY = timedelta(days=1)
ALL = Period(None, None)
SUMS = """
    SELECT metric, part, date_bin('15 minutes', effective_at, '2000-01-01 00:00Z'), count(*),
        count(*) FILTER (WHERE interpretation NOT IN ('NORMAL')), min(v), max(v), sum(v), sum(v * v),
        sum(t), sum(t * t), sum(t * v)
    FROM observations, (VALUES ('value'), ('systolic'), ('diastolic')) AS parts (part),
        LATERAL (SELECT CASE part WHEN 'value' THEN value WHEN 'systolic' THEN systolic ELSE diastolic END) AS n (v),
        LATERAL (SELECT extract(epoch FROM effective_at - '2000-01-01 00:00Z')) AS s (t)
    WHERE user_id = :user AND deleted_at IS NULL AND v IS NOT NULL
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
KEPT_SUMS = """
    SELECT metric, part, quarter, count, out_of_range, low, high, sum_v, sum_vv, sum_t, sum_tt, sum_tv
    FROM observation_sums WHERE user_id = :user ORDER BY 1, 2, 3
"""


@pytest_asyncio.fixture(scope="module")
async def clinic(postgres: EmbeddedServer, template_database: str) -> AsyncIterator[Clinic]:
    with fresh_database(postgres, template_database) as dsn:
        async with opened(dsn) as clinic:
            yield clinic


async def everything(clinic: Clinic, patient: Viewer) -> list[Observation]:
    found: list[Observation] = []
    after: str | None = None
    while True:
        page = await clinic.service.page(patient, None, ALL, first=100, after=after)
        found += page.nodes
        if not page.has_next_page:
            return found
        after = page.page_info.end_cursor


class Life:
    """Random, repeatable events of one patient."""

    def __init__(self, clinic: Clinic, patient: Viewer, seed: int) -> None:
        self.clinic = clinic
        self.patient = patient
        self.random = random.Random(seed)

    async def live(self, events: int) -> None:
        for _ in range(events):
            event = self.random.choice([self.add, self.add, self.add, self.correct, self.correct, self.delete])
            await event()

    async def add(self) -> None:
        batch = [self.measurement() for _ in range(self.random.randint(1, 8))]
        await self.clinic.service.add(self.patient, batch)

    async def correct(self) -> None:
        if observation := await self.any_given():
            given = self.measurement(observation.metric)
            if self.random.random() < 0.5:
                given = replace(given, reading=observation.reading)
            await self.clinic.service.update(self.patient, str(observation.id), given)

    async def delete(self) -> None:
        if observation := await self.any_given():
            await self.clinic.service.delete(self.patient, [str(observation.id)])

    async def any_given(self) -> Observation | None:
        given = [each for each in await everything(self.clinic, self.patient) if not each.is_derived]
        return self.random.choice(given) if given else None

    def measurement(self, metric: Metric | None = None) -> Given:
        kinds = [Metric.BODY_WEIGHT, Metric.BODY_WEIGHT, Metric.BODY_HEIGHT, Metric.BMI, Metric.HEART_RATE]
        chosen = metric or self.random.choice(kinds)
        middle = {Metric.BODY_WEIGHT: 70, Metric.BODY_HEIGHT: 170, Metric.BMI: 24, Metric.HEART_RATE: 95}[chosen]
        at = NOON - self.random.randint(0, 60) * timedelta(hours=6)
        return measured(chosen, D(middle) + D(self.random.randint(-100, 100)) / 10, at)


def expected_indices(observations: list[Observation]) -> dict[UUID, tuple[datetime, Decimal]]:
    """By weight: what its index has to be, worked out from everything there is."""
    heights = sorted(
        (each for each in observations if each.metric is Metric.BODY_HEIGHT), key=lambda h: (h.effective_at, h.id)
    )
    own = {each.effective_at for each in observations if each.metric is Metric.BMI and not each.is_derived}
    found = {}
    for weight in observations:
        if weight.metric is Metric.BODY_WEIGHT and heights and weight.effective_at not in own:
            before = [height for height in heights if height.effective_at <= weight.effective_at]
            height = before[-1] if before else heights[0]
            value = body_mass_index(_number(weight), _number(height))
            found[weight.id] = (weight.effective_at, value)
    return found


def _number(observation: Observation) -> Decimal:
    assert observation.reading.value is not None
    return observation.reading.value


@pytest.mark.parametrize("seed", range(6))
async def test_each_weight_has_its_index_and_the_sums_are_right(clinic: Clinic, seed: int) -> None:
    patient = await clinic.person()
    life = Life(clinic, patient, seed)
    for _ in range(6):
        await life.live(events=5)
        observations = await everything(clinic, patient)
        derived = {
            each.derived_from: (each.effective_at, each.reading.value) for each in observations if each.is_derived
        }
        assert derived == expected_indices(observations)
        assert await clinic.rows(KEPT_SUMS, user=patient.user_id) == await clinic.rows(SUMS, user=patient.user_id)


async def test_devices_that_follow_the_changes_know_everything(clinic: Clinic) -> None:
    patient = await clinic.person()
    life = Life(clinic, patient, seed=99)
    copies = [Copy(clinic, patient, size) for size in (1, 7, 500)]
    for _ in range(12):
        await life.live(events=4)
        await life.random.choice(copies).catch_up()
    for copy in copies:
        await copy.catch_up()
        assert copy.observations == {each.id: each for each in await everything(clinic, patient)}


class Copy:
    """What a device knows by following the changes only."""

    def __init__(self, clinic: Clinic, patient: Viewer, size: int) -> None:
        self.clinic = clinic
        self.patient = patient
        self.size = size
        self.cursor: str | None = None
        self.observations: dict[UUID, Observation] = {}

    async def catch_up(self) -> None:
        more = True
        while more:
            news = await self.clinic.service.changes(self.patient, after=self.cursor, first=self.size)
            for change in news.changes:
                if change.observation is not None:
                    self.observations[change.observation.id] = change.observation
                elif change.deleted_id is not None:
                    self.observations.pop(change.deleted_id, None)
            self.cursor, more = news.cursor, news.has_more


async def test_a_change_that_commits_late_is_not_overtaken(clinic: Clinic) -> None:
    patient = await clinic.person()
    copy = Copy(clinic, patient, 500)
    work = work_on(clinic.database)
    async with work() as slow:
        writer = await slow.health.begin(patient.user_id)
        quick = asyncio.create_task(clinic.service.add(patient, [measured(Metric.HEART_RATE, 70)]))
        async with asyncio.timeout(10):
            while not await somebody_waits(clinic):  # noqa: ASYNC110 - the condition is in PostgreSQL
                await asyncio.sleep(0.005)
        await copy.catch_up()
        assert (copy.observations, quick.done(), writer.change) == ({}, False, 1)
    [added] = await quick
    await copy.catch_up()
    assert copy.observations == {added.id: added}
    assert added.change == 2


async def somebody_waits(clinic: Clinic) -> bool:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await clinic.rows(waiting))


async def test_weight_and_height_sent_at_the_same_time_have_their_index(clinic: Clinic) -> None:
    for _ in range(20):
        patient = await clinic.person()
        await asyncio.gather(
            clinic.service.add(patient, [measured(Metric.BODY_WEIGHT, 70)]),
            clinic.service.add(patient, [measured(Metric.BODY_HEIGHT, 175)]),
        )
        [index] = (await clinic.service.page(patient, Metric.BMI, ALL, first=10, after=None)).nodes
        assert index.reading.value == D("22.86")


async def test_an_index_goes_and_comes_with_its_weight(clinic: Clinic) -> None:
    patient = await clinic.person()
    weight, height = await clinic.service.add(
        patient, [measured(Metric.BODY_WEIGHT, 70), measured(Metric.BODY_HEIGHT, 175, NOON - DAY)]
    )
    [index] = await indices(clinic, patient)
    with pytest.raises(BadUserInput) as caught:
        await clinic.service.delete(patient, [str(index.id)])
    assert caught.value.field == "ids[0]"
    with pytest.raises(BadUserInput) as caught:
        await clinic.service.update(patient, str(index.id), measured(Metric.BMI, 20))
    assert caught.value.field == "id"
    await clinic.service.delete(patient, [str(height.id)])
    assert await indices(clinic, patient) == []
    await clinic.service.add(patient, [measured(Metric.BODY_HEIGHT, 180)])
    [again] = await indices(clinic, patient)
    assert (again.id, again.reading.value) == (index.id, D("21.6"))
    assert await clinic.service.delete(patient, [str(again.id), str(weight.id)]) == [again.id, weight.id]
    assert await indices(clinic, patient) == []


async def test_no_index_is_made_of_numbers_that_cannot_belong_together(clinic: Clinic) -> None:
    patient = await clinic.person()
    await clinic.service.add(patient, [measured(Metric.BODY_WEIGHT, 650), measured(Metric.BODY_HEIGHT, 20)])
    assert await indices(clinic, patient) == []


async def indices(clinic: Clinic, patient: Viewer) -> list[Observation]:
    return (await clinic.service.page(patient, Metric.BMI, ALL, first=10, after=None)).nodes


kilos = st.decimals(min_value="0.2", max_value=650, places=2)
centimetres = st.decimals(min_value=20, max_value=280, places=1)


@given(kilos, centimetres)
def test_an_index_is_the_weight_by_the_square_of_the_height(weight: Decimal, height: Decimal) -> None:
    exact = Fraction(weight) * 10_000 / Fraction(height) ** 2
    assert abs(Fraction(body_mass_index(weight, height)) - exact) <= Fraction(5, 1000)
