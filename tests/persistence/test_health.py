"""Health data on PostgreSQL: …"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from domain.errors import BadUserInput, Conflict, NotFound
from domain.health.models import Interpretation, Metric, Observation, Period, Reading
from domain.unset import UNSET
from domain.viewer import Viewer
from persistence.embedded.server import EmbeddedServer
from tests.health import NOON, Clinic, measured, opened, pressure
from tests.postgres import fresh_database

D = Decimal
HOUR = timedelta(hours=1)
PULSE = Metric.HEART_RATE
ALL = Period(None, None)


@pytest_asyncio.fixture(scope="module")
async def clinic(postgres: EmbeddedServer, template_database: str) -> AsyncIterator[Clinic]:
    with fresh_database(postgres, template_database) as dsn:
        async with opened(dsn) as clinic:
            yield clinic


@pytest.fixture
async def patient(clinic: Clinic) -> Viewer:
    return await clinic.person()


async def history(clinic: Clinic, patient: Viewer, metric: Metric | None = None) -> list[Observation]:
    return (await clinic.service.page(patient, metric, ALL, first=100, after=None)).nodes


async def stored(clinic: Clinic, patient: Viewer) -> int:
    found = await clinic.rows("SELECT count(*) FROM observations WHERE user_id = :u", u=patient.user_id)
    return int(found[0][0])


async def test_what_is_added_is_read_again_digit_for_digit(clinic: Clinic, patient: Viewer) -> None:
    given = [
        measured(PULSE, "72.50", note="饭后 🍚", source_key="a-1"),
        pressure("120", "80", NOON - HOUR),
        measured(Metric.BODY_TEMPERATURE, "98.6", NOON - 2 * HOUR, unit="[degF]"),
    ]
    added = await clinic.service.add(patient, given)
    assert await history(clinic, patient) == added
    assert [str(each.reading.value) for each in added] == ["72.50", "None", "37"]
    assert added[1].reading == Reading(None, D(120), D(80))
    assert [each.interpretation for each in added] == [Interpretation.NORMAL] * 3
    assert (added[0].note, added[0].source_key, added[0].effective_at) == ("饭后 🍚", "a-1", NOON)


async def test_one_wrong_item_stores_nothing(clinic: Clinic, patient: Viewer) -> None:
    with pytest.raises(BadUserInput) as caught:
        await clinic.service.add(patient, [measured(PULSE, 72), measured(PULSE, 7200)])
    assert caught.value.field == "input[1].value"
    assert await stored(clinic, patient) == 0
    assert await clinic.rows("SELECT 1 FROM health_writers WHERE user_id = :u", u=patient.user_id) == []


async def test_an_empty_batch_is_no_error(clinic: Clinic, patient: Viewer) -> None:
    assert await clinic.service.add(patient, []) == []


async def test_a_source_key_is_stored_once_for_a_metric(clinic: Clinic, patient: Viewer) -> None:
    first = await clinic.service.add(patient, [measured(PULSE, 70, source_key="m-1"), measured(PULSE, 71)])
    again = await clinic.service.add(
        patient,
        [
            measured(PULSE, 99, source_key="m-1"),
            measured(Metric.OXYGEN_SATURATION, 98, source_key="m-1"),
            measured(Metric.OXYGEN_SATURATION, 55, source_key="m-1"),
            measured(PULSE, 71),
        ],
    )
    assert again[0] == first[0]
    assert again[1].reading.value == 98
    assert again[2] == again[1]
    assert again[3].id != first[1].id
    assert await stored(clinic, patient) == 4


async def test_another_persons_source_key_is_another(clinic: Clinic, patient: Viewer) -> None:
    other = await clinic.person()
    mine = await clinic.service.add(patient, [measured(PULSE, 70, source_key="same")])
    theirs = await clinic.service.add(other, [measured(PULSE, 80, source_key="same")])
    assert mine[0].id != theirs[0].id
    assert await history(clinic, other) == theirs


async def test_fifty_retries_at_once_store_a_batch_once(clinic: Clinic, patient: Viewer) -> None:
    batch = [measured(PULSE, 60 + index, NOON - index * HOUR, source_key=f"k{index}") for index in range(20)]
    answers = await asyncio.gather(*(clinic.service.add(patient, batch) for _ in range(50)))
    assert all(answer == answers[0] for answer in answers)
    assert await stored(clinic, patient) == 20


async def test_a_correction_keeps_what_it_leaves_unset(clinic: Clinic, patient: Viewer) -> None:
    [before] = await clinic.service.add(patient, [measured(PULSE, 70, note="坐着", source_key="k")])
    given = measured(PULSE, 140, NOON - HOUR, note=UNSET, source_key=UNSET)
    after = await clinic.service.update(patient, str(before.id), given)
    assert await history(clinic, patient) == [after]
    assert (after.id, after.note, after.source_key, after.created_at) == (before.id, "坐着", "k", before.created_at)
    assert (after.reading.value, after.interpretation) == (D(140), Interpretation.CRITICAL_HIGH)
    assert after.effective_at == NOON - HOUR
    cleared = await clinic.service.update(patient, str(before.id), replace(given, note=None, source_key=None))
    assert (cleared.note, cleared.source_key) == (None, None)


async def test_a_correction_is_checked_like_a_new_one(clinic: Clinic, patient: Viewer) -> None:
    first, second = await clinic.service.add(
        patient, [measured(PULSE, 70, source_key="one"), measured(PULSE, 71, source_key="two")]
    )
    wrong = {
        "input.value": measured(PULSE, 700),
        "input.metric": measured(Metric.STEPS, 70),
        "input.sourceKey": measured(PULSE, 70, source_key="two"),
    }
    for field, given in wrong.items():
        with pytest.raises((BadUserInput, Conflict)) as caught:
            await clinic.service.update(patient, str(first.id), given)
        assert caught.value.field == field
    assert set(await history(clinic, patient)) == {first, second}


async def test_a_deleted_one_leaves_no_numbers_and_no_words(clinic: Clinic, patient: Viewer) -> None:
    [doomed] = await clinic.service.add(patient, [measured(PULSE, 70, note="私密", source_key="k")])
    assert await clinic.service.delete(patient, [str(doomed.id)]) == [doomed.id]
    assert await history(clinic, patient) == []
    [left] = await clinic.rows("SELECT * FROM observations WHERE id = :i", i=doomed.id)
    assert "私密" not in left
    assert left[3:7] == (None, None, None, None)
    with pytest.raises(NotFound):
        await clinic.service.update(patient, str(doomed.id), measured(PULSE, 70))


async def test_deleting_again_gives_the_same_answer(clinic: Clinic, patient: Viewer) -> None:
    added = await clinic.service.add(patient, [measured(PULSE, 70), measured(PULSE, 71)])
    ids = [str(each.id) for each in added]
    first = await clinic.service.delete(patient, [*ids, ids[0]])
    assert first == [each.id for each in added]
    assert await clinic.service.delete(patient, ids) == first


async def test_what_was_deleted_does_not_come_back_with_a_late_retry(clinic: Clinic, patient: Viewer) -> None:
    given = measured(PULSE, 70, source_key="late")
    [doomed] = await clinic.service.add(patient, [given])
    await clinic.service.delete(patient, [str(doomed.id)])
    told = (await clinic.service.changes(patient, after=None, first=100)).cursor
    [answer] = await clinic.service.add(patient, [given])
    assert (answer.id, answer.reading.value, answer.deleted_at is not None) == (doomed.id, D(70), True)
    assert await history(clinic, patient) == []
    news = await clinic.service.changes(patient, after=told, first=100)
    assert [change.deleted_id for change in news.changes] == [doomed.id]


@pytest.mark.parametrize("kind", ["foreign", "unknown", "malformed"])
async def test_only_the_owner_changes_anything(clinic: Clinic, patient: Viewer, kind: str) -> None:
    other = await clinic.person()
    [mine] = await clinic.service.add(patient, [measured(PULSE, 70)])
    [theirs] = await clinic.service.add(other, [measured(PULSE, 70)])
    bad = {"foreign": str(mine.id), "unknown": str(patient.device_id), "malformed": "1' OR 1=1"}[kind]
    with pytest.raises(NotFound) as caught:
        await clinic.service.delete(other, [str(theirs.id), bad])
    assert (caught.value.field, caught.value.en) == ("ids[1]", "No such observation.")
    with pytest.raises(NotFound) as caught:
        await clinic.service.update(other, bad, measured(PULSE, 71))
    assert (caught.value.field, caught.value.en) == ("id", "No such observation.")
    assert await history(clinic, other) == [theirs]
    assert await history(clinic, patient) == [mine]


async def test_pages_are_whole_in_both_directions_and_stable_under_inserts(clinic: Clinic, patient: Viewer) -> None:
    times = [NOON - HOUR * (index // 3) for index in range(25)]
    added = await clinic.service.add(patient, [measured(PULSE, 60 + i, at) for i, at in enumerate(times)])
    seen: list[Observation] = []
    after: str | None = None
    while True:
        page = await clinic.service.page(patient, PULSE, ALL, first=10, after=after)
        assert page.has_previous_page == bool(seen)
        seen += page.nodes
        await clinic.service.add(patient, [measured(PULSE, 99, NOON + timedelta(seconds=len(seen)))])
        if not page.has_next_page:
            break
        after = page.page_info.end_cursor
    assert seen == sorted(added, key=lambda each: (each.effective_at, each.id), reverse=True)


async def test_pages_keep_to_metric_and_time(clinic: Clinic, patient: Viewer) -> None:
    at = [NOON - index * HOUR for index in range(5)]
    await clinic.service.add(patient, [measured(PULSE, 60, each) for each in at])
    await clinic.service.add(patient, [measured(Metric.STEPS, 60, each) for each in at])
    page = await clinic.service.page(patient, Metric.STEPS, Period(at[3], at[1]), first=100, after=None)
    assert [(each.metric, each.effective_at) for each in page.nodes] == [(Metric.STEPS, at[2]), (Metric.STEPS, at[3])]


@pytest.mark.parametrize("cursor", ["", "x", "W10", "WzEsMl0", "WzFlOTksIngiXQ", "é", "WzEsIjEiXQ"])
async def test_a_cursor_that_nobody_gave_is_refused(clinic: Clinic, patient: Viewer, cursor: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await clinic.service.page(patient, None, ALL, first=10, after=cursor)
    assert caught.value.field == "after"
    with pytest.raises(BadUserInput) as caught:
        await clinic.service.changes(patient, after=cursor, first=10)
    assert caught.value.field == "after"


async def test_a_period_that_ends_before_it_starts_is_refused(clinic: Clinic, patient: Viewer) -> None:
    with pytest.raises(BadUserInput) as caught:
        await clinic.service.page(patient, None, Period(NOON, NOON - HOUR), first=10, after=None)
    assert caught.value.field == "to"


async def test_a_childs_numbers_are_not_measured_by_an_adults(clinic: Clinic) -> None:
    child = await clinic.person(birth_date=date(2020, 3, 1))
    grown = await clinic.person(birth_date=date(1990, 3, 1))
    given = [measured(PULSE, 140), measured(Metric.BODY_TEMPERATURE, "39.5")]
    assert [each.interpretation for each in await clinic.service.add(child, given)] == [
        None,
        Interpretation.CRITICAL_HIGH,
    ]
    assert [each.interpretation for each in await clinic.service.add(grown, given)] == [
        Interpretation.CRITICAL_HIGH,
        Interpretation.CRITICAL_HIGH,
    ]
