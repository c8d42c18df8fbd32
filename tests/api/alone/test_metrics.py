"""The figures …"""

import asyncio
import math
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, update

from persistence.embedded.server import EmbeddedServer
from persistence.tables.assistant import ai_interactions, api_configs
from tests.api.client import Json, People, Person, http_client, new_key
from tests.api.serving import Served, served, settings_for
from tests.api.test_chat import SEND, WATCH, say
from tests.log_entries import entry, store
from tests.postgres import fresh_database
from tests.waiting import until

TOKEN = "a token for prometheus"
METRICS = """{ metrics {
  httpP50Ms httpP95Ms messagesPerMinute aiSuccessRate aiP50Ms aiP95Ms
  dbConnectionsInUse dbConnectionsMax liveSubscriptions
} }"""
STATUS = "{ systemStatus { status version uptimeSeconds checks { name ok latencyMs error } } }"


async def figures(person: Person) -> dict[str, float]:
    """Every sample of `/metrics` by its name and labels."""
    answer = await person.http.get("/metrics")
    assert answer.status_code == 200
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    return {name_of(sample.name, sample.labels): sample.value for sample in samples}


def name_of(name: str, labels: dict[str, str]) -> str:
    return name + "".join(f" {value}" for _, value in sorted(labels.items()))


async def test_tell_operations_apart_that_the_server_knows_and_no_others(people: People, patient: Person) -> None:
    before = await figures(patient)
    named = SEND.replace("Send(", "SendText(")  # the name that the mini-program's client gives it
    await patient.ask(named, input={"text": "你好", "clientKey": new_key(), "wait": True})
    for number in range(5):
        await patient.ask(f"query MadeUp{number} {{ me {{ id }} }}")
    after = await figures(patient)
    grown = {name: after[name] - before.get(name, 0) for name in after if "_seconds_count" in name}
    assert grown["wellmate_operation_seconds_count SendText mutation"] == 1
    assert grown["wellmate_operation_seconds_count other query"] == 5
    assert not [name for name in after if "MadeUp" in name]


async def test_count_errors_by_code_whether_something_ran_or_not(people: People, patient: Person) -> None:
    before = await figures(patient)
    await patient.send("{")
    await patient.send('{ session(id: "x") { id } }')
    await people.stranger().send("{ me { id } }")
    after = await figures(patient)
    for code in ("GRAPHQL_PARSE_FAILED", "UNAUTHENTICATED"):
        name = f"wellmate_errors_total {code}"
        assert after[name] - before.get(name, 0) == 1


async def test_count_what_is_said_and_answered(patient: Person) -> None:
    before = await figures(patient)
    key = new_key()
    for _ in range(2):  # the second time nothing is said
        await patient.ask(SEND, input={"text": "你好", "clientKey": key, "wait": True})
    after = await figures(patient)
    names = (
        "wellmate_messages_total TEXT",
        "wellmate_messages_total AI_REPLY",
        "wellmate_ai_answers_total SUCCEEDED demo",
    )
    assert [after[name] - before.get(name, 0) for name in names] == [1, 1, 1]
    assert after["wellmate_ai_first_word_seconds_count demo"] >= 1


async def test_show_what_lives_now(app: Served, patient: Person) -> None:
    quiet = await figures(patient)
    sent = await say(patient, "讲一个长故事")
    watching = patient.watch(WATCH, id=sent["reply"]["id"])
    await anext(watching)
    busy = await figures(patient)
    await watching.aclose()
    await until(lambda: app.application.asgi.sockets == 0)
    assert (quiet["wellmate_sockets"], busy["wellmate_sockets"]) == (0, 1)
    assert (quiet["wellmate_live_subscriptions"], busy["wellmate_live_subscriptions"]) == (0, 1)
    assert (busy["wellmate_replies_unfinished RUNNING"], quiet["wellmate_database_up"]) == (1, 1)
    assert 0 <= quiet["wellmate_database_connections"] <= quiet["wellmate_database_connections_max"] == 35


async def test_are_all_there_from_the_start(patient: Person) -> None:
    found = await figures(patient)
    for reason in ("full", "flood", "unstored"):
        assert not math.isnan(found[f"wellmate_log_entries_dropped_total {reason}"])
    assert found["process_resident_memory_bytes"] > 0


async def test_are_summed_up_for_admins(app: Served, admin: Person, patient: Person) -> None:
    await say(patient, "你好", wait=True)
    now = datetime.now(UTC)
    asked = {"type": "query"}
    slow = [entry(now, duration_ms=50_000.0, detail=asked) for _ in range(300)]
    await store(app.house.database, [*slow, entry(now, duration_ms=1e9, detail={"type": "subscription"})])
    summed = (await admin.ask(METRICS))["metrics"]
    assert (summed["httpP50Ms"], summed["httpP95Ms"]) == (50_000, 50_000)
    assert summed["messagesPerMinute"] >= 0.4
    assert (summed["dbConnectionsMax"], summed["liveSubscriptions"]) == (35, 0)


async def test_of_providers_are_of_an_hour(app: Served, admin: Person, patient: Person) -> None:
    sent = await say(patient, "你好", wait=True)
    session = uuid.UUID(sent["session"]["id"])
    async with app.house.database.transaction() as connection:
        await connection.execute(ai_interactions.delete())
    assert (await admin.ask("{ metrics { aiSuccessRate aiP50Ms } }"))["metrics"] == {
        "aiSuccessRate": None,
        "aiP50Ms": None,
    }
    async with app.house.database.transaction() as connection:
        for status, duration, minutes in (
            ("SUCCEEDED", 100, 1),
            ("SUCCEEDED", 200, 2),
            ("FAILED", 9, 3),
            ("FAILED", 9, 70),
        ):
            at = datetime.now(UTC) - timedelta(minutes=minutes)
            row = {"id": uuid.uuid4(), "session_id": session, "question_seq": 1, "reply_seq": 2, "attempt": 1}
            more = {"status": status, "duration_ms": duration, "created_at": at}
            await connection.execute(insert(ai_interactions).values(**row, **more))
    summed = (await admin.ask(METRICS))["metrics"]
    assert summed["aiSuccessRate"] == pytest.approx(2 / 3)
    assert (summed["aiP50Ms"], summed["aiP95Ms"]) == (150, 195)


async def test_are_for_admins_alone(people: People, patient: Person) -> None:
    assert (await patient.refused(METRICS)).code == "FORBIDDEN"
    assert (await people.stranger().refused(METRICS)).code == "UNAUTHENTICATED"


async def test_of_the_installation_say_which_part_fails(app: Served, admin: Person, people: People) -> None:
    healthy = (await people.stranger().ask(STATUS))["systemStatus"]
    name = f"FastGPT {new_key()}"
    async with app.house.database.transaction() as connection:
        values = {
            "id": uuid.uuid4(),
            "name": name,
            "type": "FASTGPT",
            "base_url": "http://127.0.0.1:9",
            "enabled": True,
        }
        resting = {"failures": 7, "retry_at": datetime.now(UTC) + timedelta(minutes=5)}
        await connection.execute(insert(api_configs).values(**values, **resting))
    try:
        degraded = await status_once(admin, "degraded")
        by_strangers = (await people.stranger().ask(STATUS))["systemStatus"]
    finally:
        async with app.house.database.transaction() as connection:
            await connection.execute(update(api_configs).where(api_configs.c.name == name).values(enabled=False))
    assert healthy["status"] == "ok"
    assert [(check["name"], check["ok"], check["error"]) for check in healthy["checks"]] == [
        ("database", True, None),
        ("storage", True, None),
    ]
    assert degraded["checks"][2:] == [
        {"name": f"provider {name}", "ok": False, "latencyMs": None, "error": "left alone after 7 failures"}
    ]
    assert by_strangers["status"] == "degraded"
    assert name not in str(by_strangers)
    assert (await people.stranger().http.get("/readyz")).status_code == 200


async def status_once(person: Person, wanted: str) -> Json:
    """An answer is given again for two seconds."""
    async with asyncio.timeout(10):
        while True:
            found: Json = (await person.ask(STATUS))["systemStatus"]
            if found["status"] == wanted:
                return found
            await asyncio.sleep(0.1)


async def test_need_the_token_where_there_is_one(
    postgres: EmbeddedServer, template_database: str, tmp_path: Path
) -> None:
    with fresh_database(postgres, template_database) as dsn:
        async with served(settings_for(dsn, tmp_path, metrics_token=TOKEN)) as app, http_client(app.port) as http:
            answers = [await http.get("/metrics", headers=headers) for headers in shown(TOKEN)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 200]
    assert answers[0].headers["www-authenticate"] == "Bearer"
    assert "wellmate_sockets" in answers[3].text


def shown(token: str) -> list[dict[str, str]]:
    return [
        {},
        {"authorization": f"Bearer {token}x"},
        {"authorization": token},
        {"authorization": f"Bearer {token}"},
    ]


async def test_are_not_there_in_production_without_a_token(
    postgres: EmbeddedServer, template_database: str, tmp_path: Path
) -> None:
    long = "Zm9yIHRlc3RzIG9ubHksIGxvbmcgZW5vdWdoIQ" * 2
    secrets = {"env": "production", "jwt_secret": long, "data_keys": long, "metrics_token": None}
    with fresh_database(postgres, template_database) as dsn:
        async with served(settings_for(dsn, tmp_path, **secrets)) as app, http_client(app.port) as http:
            answer = await http.get("/metrics")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_are_only_read(app: Served) -> None:
    async with http_client(app.port) as http:
        answer: httpx.Response = await http.post("/metrics", content=b"x")
    assert answer.status_code == 404
