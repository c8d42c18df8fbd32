"""The log …"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import text

from tests.api.client import Json, People, Person
from tests.api.serving import Served
from tests.log_entries import entry, store

LOGS = """query Logs($filter: LogFilter, $first: Int, $after: String) {
  logs(filter: $filter, first: $first, after: $after) {
    nodes { at level kind requestId operation status durationMs user { id username } message detail }
    edges { cursor }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
STATS = """query Stats($from: DateTime!, $to: DateTime!) {
  logStats(from: $from, to: $to) { operation count errors p50Ms p95Ms p99Ms }
}"""
TAIL = "subscription Tail($level: LogLevel) { logTail(level: $level) { level kind message requestId operation } }"
RECORD = 'mutation Write { createRecord(input: {kind: NOTE, title: "失眠三天了"}) { id } }'


@pytest_asyncio.fixture
async def broken(app: Served) -> AsyncIterator[None]:
    """Records cannot be written meanwhile: an error that nobody foresaw."""
    await run(app, "ALTER TABLE records RENAME TO lost_records")
    yield
    await run(app, "ALTER TABLE lost_records RENAME TO records")


async def run(app: Served, statement: str) -> None:
    async with app.house.database.transaction() as connection:
        await connection.execute(text(statement))


async def send(person: Person, query: str, request_id: str, **headers: str) -> Json:
    given = person.headers | {"x-request-id": request_id} | headers
    answer: Json = (await person.http.post("/graphql", json={"query": query}, headers=given)).json()
    return answer


async def found(admin: Person, number: int = 1, **filter: object) -> list[Json]:
    """The entries, once there are so many."""
    async with asyncio.timeout(10):
        while True:
            nodes: list[Json] = (await admin.ask(LOGS, filter=filter))["logs"]["nodes"]
            if len(nodes) >= number:
                return nodes
            await asyncio.sleep(0.05)


async def test_has_an_entry_for_each_request(admin: Person, patient: Person) -> None:
    await send(patient, "query Who { me { id } }", "who-1")
    (noted,) = await found(admin, requestId="who-1")
    age = datetime.now(UTC) - datetime.fromisoformat(noted.pop("at"))
    duration, detail = noted.pop("durationMs"), noted.pop("detail")
    assert noted == {
        "level": "INFO",
        "kind": "REQUEST",
        "requestId": "who-1",
        "operation": "Who",
        "status": 200,
        "user": {"id": patient.id, "username": patient.username},
        "message": None,
    }
    assert 0 <= duration < 5_000
    assert timedelta() < age < timedelta(seconds=30)
    assert (detail["type"], len(detail["hash"]), detail["cost"]) == ("query", 16, 2)


async def test_says_which_error_a_request_had(admin: Person, patient: Person) -> None:
    await send(patient, "query Gone { apiConfigs { id } }", "gone-1")
    await send(patient, "query Broken {", "broken-1")
    await send(patient, "query Wrong { nothing }", "wrong-1")
    await send(patient, "query Me { me { id } }", "forged-1", authorization="Bearer nonsense")
    entries = [(await found(admin, requestId=each))[0] for each in ("gone-1", "broken-1", "wrong-1", "forged-1")]
    assert [(each["operation"], each["message"], each["status"]) for each in entries] == [
        ("Gone", "FORBIDDEN", 403),
        (None, "GRAPHQL_PARSE_FAILED", 400),
        (None, "GRAPHQL_VALIDATION_FAILED", 400),
        (None, "UNAUTHENTICATED", 401),
    ]


@pytest.mark.usefixtures("broken")
async def test_tells_admins_of_the_unforeseen_and_quotes_nobody(admin: Person, patient: Person) -> None:
    answer = await send(patient, RECORD, "boom-1")
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    request, error = sorted(await found(admin, 2, requestId="boom-1"), key=lambda each: str(each["kind"]), reverse=True)
    assert (request["kind"], request["level"], request["status"]) == ("REQUEST", "ERROR", 500)
    assert (error["kind"], error["level"], error["message"]) == ("ERROR", "ERROR", "unforeseen error")
    assert (error["operation"], error["user"]["id"]) == ("Write", patient.id)
    trace = "\n".join(error["detail"]["trace"])
    assert "asyncpg.exceptions.UndefinedTableError sqlstate=42P01" in trace
    assert "persistence.records:" in trace
    assert "失眠" not in str((request, error))


async def test_is_read_page_by_page(app: Served, admin: Person) -> None:
    now = datetime.now(UTC)
    await store(
        app.house.database, [entry(now - timedelta(seconds=n), operation="Paged", message=f"{n}") for n in range(5)]
    )
    wanted = {"operation": "Paged"}
    first = (await admin.ask(LOGS, filter=wanted, first=3))["logs"]
    after = first["pageInfo"]["endCursor"]
    second = (await admin.ask(LOGS, filter=wanted, first=3, after=after))["logs"]
    assert [node["message"] for node in first["nodes"] + second["nodes"]] == ["0", "1", "2", "3", "4"]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]
    assert [page["pageInfo"]["hasPreviousPage"] for page in (first, second)] == [False, True]


async def test_refuses_what_makes_no_sense(admin: Person) -> None:
    now = datetime.now(UTC).isoformat()
    assert (await admin.refused(LOGS, first=101)).field == "first"
    assert (await admin.refused(LOGS, after="nonsense")).field == "after"
    assert (await admin.refused(LOGS, filter={"text": "x" * 201})).field == "text"
    assert (await admin.refused(LOGS, filter={"from": now, "to": now})).field == "to"
    assert (await admin.refused(STATS, **{"from": now, "to": now})).field == "to"
    assert (await admin.ask(LOGS, filter={"userId": "nonsense"}))["logs"]["nodes"] == []


async def test_sums_up_how_operations_went(app: Served, admin: Person) -> None:
    now = datetime.now(UTC) + timedelta(hours=1)
    times = [entry(now, operation="Timed", duration_ms=float(ms), status=500 if ms > 8 else 200) for ms in range(1, 11)]
    await store(app.house.database, times)
    span = {"from": now.isoformat(), "to": (now + timedelta(seconds=1)).isoformat()}
    stats = (await admin.ask(STATS, **span))["logStats"]
    assert stats == [{"operation": "Timed", "count": 10, "errors": 2, "p50Ms": 6, "p95Ms": 10, "p99Ms": 10}]


@pytest.mark.usefixtures("broken")
async def test_is_followed_while_it_grows(admin: Person, patient: Person) -> None:
    following = admin.watch(TAIL)
    first = asyncio.ensure_future(anext(following))
    async with asyncio.timeout(10):
        while not first.done():
            await send(patient, RECORD, "boom-2")
            await send(patient, "query Fine { me { id } }", "fine-2")
            await asyncio.sleep(0.05)
        entries = [(await first)["data"]["logTail"], (await anext(following))["data"]["logTail"]]
    await following.aclose()
    assert {each["requestId"] for each in entries} == {"boom-2"}
    assert {each["level"] for each in entries} == {"ERROR"}


async def test_is_followed_at_lower_levels_too(admin: Person, patient: Person) -> None:
    following = admin.watch(TAIL, level="INFO")
    first = asyncio.ensure_future(anext(following))
    async with asyncio.timeout(10):
        while not first.done():
            await send(patient, "query Fine { me { id } }", "fine-3")
            await asyncio.sleep(0.05)
        heard = (await first)["data"]["logTail"]
        while heard["requestId"] != "fine-3":  # what came before is told too
            heard = (await anext(following))["data"]["logTail"]
    await following.aclose()
    expected = {"level": "INFO", "kind": "REQUEST", "message": None, "requestId": "fine-3", "operation": "Fine"}
    assert heard == expected


async def test_is_for_admins_alone(people: People, patient: Person) -> None:
    span = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
    for person, code in ((patient, "FORBIDDEN"), (people.stranger(), "UNAUTHENTICATED")):
        assert (await person.refused(LOGS)).code == code
        assert (await person.refused(STATS, **span)).code == code
        answers = [answer async for answer in person.watch(TAIL)]
        assert [answer["errors"][0]["extensions"]["code"] for answer in answers] == [code]


async def test_keeps_only_so_many_refusals_a_second(app: Served, admin: Person, people: People) -> None:
    stranger = people.stranger()
    began = datetime.now(UTC)
    await asyncio.gather(*(send(stranger, "{", f"flood-{number}") for number in range(200)))
    seconds = (datetime.now(UTC) - began).total_seconds()
    await send(admin, "query After { me { id } }", "after-the-flood")
    await found(admin, requestId="after-the-flood")
    kept = (await admin.ask(LOGS, filter={"from": began.isoformat(), "level": "INFO"}, first=100))["logs"]["nodes"]
    assert 20 <= len([each for each in kept if str(each["requestId"]).startswith("flood-")]) <= 20 * (int(seconds) + 2)
