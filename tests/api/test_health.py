"""Health data over the API: …"""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.client import Json, People, Person, Refusal

NOW = datetime.now(UTC).replace(microsecond=0)
ADD = """mutation Add($input: [ObservationInput!]!) { addHealthData(input: $input) {
  id metric loinc value systolic diastolic unit interpretation effectiveAt source note createdAt deletedAt isDerived
} }"""
UPDATE = """mutation Update($id: ID!, $input: ObservationInput!) {
  updateHealthData(id: $id, input: $input) { id value note }
}"""
DELETE = "mutation Delete($ids: [ID!]!) { deleteHealthData(ids: $ids) }"
HISTORY = """query History($metric: Metric, $from: DateTime, $to: DateTime, $first: Int, $after: String) {
  healthData(metric: $metric, from: $from, to: $to, first: $first, after: $after) {
    edges { cursor node { id } } nodes { id metric value }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
STATS = """query Stats($metrics: [Metric!], $from: DateTime, $to: DateTime, $bucket: Bucket) {
  healthStats(metrics: $metrics, from: $from, to: $to, bucket: $bucket) {
    metric unit count min max avg sum stddev trendPerWeek outOfRange latest { id }
    systolic { min max avg stddev trendPerWeek } diastolic { min max avg }
    series { at count min max avg systolic { avg } diastolic { avg } }
  }
}"""
CHANGES = """query Changes($after: String, $first: Int) {
  healthDataChanges(after: $after, first: $first) {
    changes { cursor observation { id metric value effectiveAt } deletedId } cursor hasMore
  }
}"""


def at(**ago: float) -> str:
    return (NOW - timedelta(**ago)).isoformat()


def pulse(value: object = 72, **changes: object) -> Json:
    return {"metric": "HEART_RATE", "value": value, "effectiveAt": at(hours=1)} | changes


async def add(person: Person, *items: Json) -> list[Json]:
    added: list[Json] = (await person.ask(ADD, input=list(items)))["addHealthData"]
    return added


async def test_numbers_are_decimals_kept_as_text(patient: Person) -> None:
    [pressure, fever, pulse_] = await add(
        patient,
        {
            "metric": "BLOOD_PRESSURE",
            "systolic": "151",
            "diastolic": "84.5",
            "effectiveAt": "2026-02-03T12:00:00+08:00",
        },
        {"metric": "BODY_TEMPERATURE", "value": 100, "unit": "[degF]", "effectiveAt": at(days=1), "note": "午后"},
        pulse(60.5),
    )
    assert pressure | {"id": "", "createdAt": ""} == {
        "id": "",
        "metric": "BLOOD_PRESSURE",
        "loinc": "85354-9",
        "value": None,
        "systolic": "151",
        "diastolic": "84.5",
        "unit": "mm[Hg]",
        "interpretation": "HIGH",
        "effectiveAt": "2026-02-03T04:00:00Z",
        "source": "MANUAL",
        "note": None,
        "createdAt": "",
        "deletedAt": None,
        "isDerived": False,
    }
    assert (fever["value"], fever["unit"], fever["interpretation"]) == ("37.7777777778", "Cel", "HIGH")
    assert (fever["note"], pulse_["value"]) == ("午后", "60.5")


WRONG: dict[str, tuple[Json, str]] = {
    "wrong unit": (pulse(unit="kg"), "unit"),
    "impossible value": (pulse(7200), "value"),
    "future time": (pulse(effectiveAt=(NOW + timedelta(hours=1)).isoformat()), "effectiveAt"),
    "missing value": ({"metric": "STEPS", "effectiveAt": at()}, "value"),
    "missing diastolic": ({"metric": "BLOOD_PRESSURE", "systolic": 120, "effectiveAt": at()}, "diastolic"),
    "diastolic over systolic": (
        {"metric": "BLOOD_PRESSURE", "systolic": 80, "diastolic": 120, "effectiveAt": at()},
        "diastolic",
    ),
    "value of blood pressure": ({"metric": "BLOOD_PRESSURE", "value": 120, "effectiveAt": at()}, "value"),
    "a monster": (pulse("1e999999999"), "value"),
    "a note with NUL": (pulse(note="\x00"), "note"),
    "a long source key": (pulse(sourceKey="k" * 201), "sourceKey"),
}


@pytest.mark.parametrize(("item", "field"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_item_is_named_and_nothing_is_stored(patient: Person, item: Json, field: str) -> None:
    answer = await patient.send(ADD, input=[pulse(), pulse(), item, pulse()])
    refusal = Refusal.of(answer)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", f"input[2].{field}")
    [problem] = answer["errors"][0]["extensions"]["problems"]
    assert problem == {"field": refusal.field, "message": refusal.message}
    assert (await patient.ask(HISTORY))["healthData"]["nodes"] == []


@pytest.mark.parametrize(
    "item", [pulse("NaN"), pulse("Infinity"), pulse("seventy"), pulse(True), pulse(effectiveAt="2026-02-03T12:00:00")]
)
async def test_what_is_no_number_and_no_moment_does_not_get_in(patient: Person, item: Json) -> None:
    refusal = await patient.refused(ADD, input=[item])
    assert refusal.code in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}
    assert (await patient.ask(HISTORY))["healthData"]["nodes"] == []


async def test_every_wrong_item_is_named(patient: Person) -> None:
    items = [pulse(1), pulse(), pulse(unit="kg")]
    answer = await patient.send(ADD, input=items)
    problems = answer["errors"][0]["extensions"]["problems"]
    assert [problem["field"] for problem in problems] == ["input[0].value", "input[2].unit"]
    assert problems[0]["message"] == "心率应在 20 到 300 /min 之间"


async def test_501_items_are_too_many(patient: Person) -> None:
    refusal = await patient.refused(ADD, input=[pulse()] * 501)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "input")
    assert (await patient.ask(HISTORY))["healthData"]["nodes"] == []
    assert len(await add(patient, *[pulse()] * 500)) == 500


async def test_history_is_paged_newest_first(patient: Person) -> None:
    added = await add(patient, *(pulse(60 + index, effectiveAt=at(hours=index)) for index in range(5)))
    first = (await patient.ask(HISTORY, first=3))["healthData"]
    rest = (await patient.ask(HISTORY, first=3, after=first["pageInfo"]["endCursor"]))["healthData"]
    assert [node["id"] for node in first["nodes"] + rest["nodes"]] == [each["id"] for each in added]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert (first["pageInfo"]["hasPreviousPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert rest["edges"][0]["cursor"] == rest["pageInfo"]["startCursor"]


@pytest.mark.parametrize(
    ("query", "field", "variables"),
    [
        (HISTORY, "first", {"first": 0}),
        (HISTORY, "first", {"first": 101}),
        (HISTORY, "after", {"after": "nonsense"}),
        (HISTORY, "to", {"from": at(days=1), "to": at(days=2)}),
        (CHANGES, "first", {"first": 501}),
        (CHANGES, "after", {"after": "nonsense"}),
        (STATS, "to", {"from": at(days=1), "to": at(days=2)}),
    ],
)
async def test_a_wrong_argument_is_named(patient: Person, query: str, field: str, variables: dict[str, Any]) -> None:
    refusal = await patient.refused(query, **variables)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)


async def test_stats_count_in_the_callers_time_zone(patient: Person) -> None:
    await add(
        patient,
        {"metric": "BLOOD_GLUCOSE", "value": "5.0", "effectiveAt": "2026-02-03T15:59:59Z"},
        {"metric": "BLOOD_GLUCOSE", "value": "8.0", "effectiveAt": "2026-02-03T16:00:00Z"},
        {"metric": "BLOOD_PRESSURE", "systolic": 120, "diastolic": 80, "effectiveAt": "2026-02-03T16:00:00Z"},
    )
    found = await patient.ask(STATS, metrics=["BLOOD_GLUCOSE", "BLOOD_PRESSURE", "STEPS"])
    glucose, pressure, steps = found["healthStats"]
    assert glucose["series"] == [
        {
            "at": f"2026-02-0{day}T16:00:00Z",
            "count": 1,
            "min": value,
            "max": value,
            "avg": value[0],
            "systolic": None,
            "diastolic": None,
        }
        for day, value in ((2, "5.0"), (3, "8.0"))
    ]
    assert (glucose["avg"], glucose["sum"], glucose["stddev"], glucose["outOfRange"]) == ("6.5", "13", "2.12132", 1)
    assert (glucose["trendPerWeek"], glucose["unit"], glucose["count"]) == ("1814400", "mmol/L", 2)
    assert pressure["avg"] is None
    assert pressure["systolic"] == {"min": "120", "max": "120", "avg": "120", "stddev": None, "trendPerWeek": None}
    assert pressure["series"][0]["diastolic"] == {"avg": "80"}
    assert (steps["count"], steps["latest"], steps["series"]) == (0, None, [])


async def test_a_weight_brings_its_index_when_the_height_is_known(patient: Person) -> None:
    await add(
        patient,
        {"metric": "BODY_WEIGHT", "value": "150", "unit": "[lb_av]", "effectiveAt": at(days=1)},
        {"metric": "BODY_HEIGHT", "value": "1.75", "unit": "m", "effectiveAt": at(days=2)},
    )
    [index] = (await patient.ask(HISTORY, metric="BMI"))["healthData"]["nodes"]
    assert index["value"] == "22.22"


async def test_correcting_and_deleting_are_the_owners(patient: Person, people: People) -> None:
    other = await people.patient()
    [mine] = await add(patient, pulse(70, note="静息"))
    for stranger in (other, people.stranger()):
        code = "NOT_FOUND" if stranger.token else "UNAUTHENTICATED"
        assert (await stranger.refused(UPDATE, id=mine["id"], input=pulse(99))).code == code
        assert (await stranger.refused(DELETE, ids=[mine["id"]])).code == code
    changed = (await patient.ask(UPDATE, id=mine["id"], input=pulse(75)))["updateHealthData"]
    assert changed == {"id": mine["id"], "value": "75", "note": "静息"}
    assert (await patient.ask(UPDATE, id=mine["id"], input=pulse(75, note=None)))["updateHealthData"]["note"] is None
    assert (await patient.ask(DELETE, ids=[mine["id"]]))["deleteHealthData"] == [mine["id"]]
    assert (await patient.ask(HISTORY))["healthData"]["nodes"] == []


async def test_nobody_else_reads_anything(patient: Person, people: People, admin: Person) -> None:
    await add(patient, pulse())
    for query in (HISTORY, STATS, CHANGES):
        assert (await people.stranger().refused(query)).code == "UNAUTHENTICATED"
    for someone in (await people.patient(), admin):
        assert (await someone.ask(HISTORY))["healthData"]["nodes"] == []
        assert (await someone.ask(CHANGES))["healthDataChanges"]["changes"] == []
        assert {each["count"] for each in (await someone.ask(STATS))["healthStats"]} == {0}


class Device:
    """A phone on a bad line: it repeats what it sends, hears answers late, and keeps a copy of what it knows."""

    def __init__(self, owner: Person, name: str, seed: int) -> None:
        self.owner = owner
        self.name = name
        self.random = random.Random(seed)
        self.copy: dict[str, Json] = {}
        self.cursor: str | None = None

    async def push(self, batch: list[Json]) -> None:
        for _ in range(self.random.choice([1, 1, 2, 3])):
            await self.owner.ask(ADD_IDS, input=self.random.sample(batch, len(batch)))

    async def delete_some(self) -> None:
        doomed = self.random.sample(sorted(self.copy), min(len(self.copy), 25))
        for _ in range(self.random.choice([1, 2])):
            await self.owner.ask(DELETE, ids=doomed)

    async def pull(self) -> None:
        more = True
        while more:
            news = (await self.owner.ask(CHANGES, after=self.cursor, first=500))["healthDataChanges"]
            for change in news["changes"]:
                if change["deletedId"] is not None:
                    self.copy.pop(change["deletedId"], None)
                else:
                    self.copy[change["observation"]["id"]] = change["observation"]
            self.cursor, more = news["cursor"], news["hasMore"]

    async def live(self, batches: list[list[Json]]) -> None:
        for batch in batches:
            await self.push(batch)
            if self.random.random() < 0.5:
                await self.pull()
            if self.random.random() < 0.7:
                await self.delete_some()


ADD_IDS = "mutation Add($input: [ObservationInput!]!) { addHealthData(input: $input) { id } }"
TEN_THOUSAND = 10_000


@pytest.mark.slow
async def test_two_devices_end_equal_to_the_server(patient: Person) -> None:
    metrics = [("HEART_RATE", 60), ("STEPS", 5000), ("BODY_WEIGHT", 70), ("BODY_TEMPERATURE", 36)]
    items = [
        {
            "metric": metrics[index % 4][0],
            "value": metrics[index % 4][1] + index % 7,
            "effectiveAt": at(minutes=30 * index),
            "sourceKey": f"watch-{index}",
        }
        for index in range(TEN_THOUSAND)
    ]
    batches = [items[start : start + 500] for start in range(0, TEN_THOUSAND, 500)]
    phone, tablet = Device(patient, "phone", 1), Device(patient, "tablet", 2)
    # Both devices heard of the fifth part in the middle from the watch.
    await asyncio.gather(phone.live(batches[:12]), tablet.live(batches[8:]))
    await asyncio.gather(phone.pull(), tablet.pull())
    server = {node["id"]: node async for node in whole_history(patient)}
    assert phone.copy == tablet.copy == server
    assert TEN_THOUSAND * 0.9 < len(server) < TEN_THOUSAND


async def whole_history(person: Person) -> Any:
    query = HISTORY.replace("nodes { id metric value }", "nodes { id metric value effectiveAt }")
    after: str | None = None
    while True:
        page = (await person.ask(query, first=100, after=after))["healthData"]
        for node in page["nodes"]:
            yield node
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
