"""Records over the API: …"""

import asyncio
from typing import Any

import pytest

from tests.api.client import Json, People, Person, new_key

FIELDS = "id kind title body occurredAt tags version createdAt updatedAt"
CREATE = f"""mutation Create($input: RecordInput!, $key: String) {{
  createRecord(input: $input, clientKey: $key) {{ {FIELDS} }}
}}"""
UPDATE = f"""mutation Update($id: ID!, $version: Int!, $input: RecordInput!) {{
  updateRecord(id: $id, expectedVersion: $version, input: $input) {{ {FIELDS} }}
}}"""
DELETE = "mutation Delete($id: ID!) { deleteRecord(id: $id) }"
RECORD = f"query One($id: ID!) {{ record(id: $id) {{ {FIELDS} }} }}"
LIST = """query List($kind: RecordKind, $tag: String, $text: String, $from: DateTime, $to: DateTime, $first: Int,
    $after: String) {
  records(kind: $kind, tag: $tag, text: $text, from: $from, to: $to, first: $first, after: $after) {
    nodes { title } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
SUMMARISE = """mutation Summarise($key: String!, $kind: RecordKind, $from: DateTime, $to: DateTime) {
  summariseRecords(clientKey: $key, kind: $kind, from: $from, to: $to) {
    session { id assistant { slug } } message { id content } reply { id state } duplicate
  }
}"""
PROGRESS = "query Progress($id: ID!) { replyProgress(messageId: $id, waitMs: 10000) { text } }"
VISIT = {
    "kind": "VISIT",
    "title": "心内科复诊",
    "body": "医生说血压还是偏高，继续吃药。",
    "occurredAt": "2026-02-03T09:30:00+08:00",
    "tags": ["高血压", " 心内科 ", "高血压"],
}


async def create(person: Person, key: str | None = None, **changes: object) -> Json:
    created: Json = (await person.ask(CREATE, input=VISIT | changes, key=key))["createRecord"]
    return created


async def titles(person: Person, **wanted: object) -> list[str]:
    return [node["title"] for node in (await person.ask(LIST, **wanted))["records"]["nodes"]]


async def test_what_is_written_is_read_again(patient: Person) -> None:
    created = await create(patient)
    assert created | {"id": "", "createdAt": "", "updatedAt": ""} == {
        "id": "",
        "kind": "VISIT",
        "title": "心内科复诊",
        "body": "医生说血压还是偏高，继续吃药。",
        "occurredAt": "2026-02-03T01:30:00Z",
        "tags": ["高血压", "心内科"],
        "version": 1,
        "createdAt": "",
        "updatedAt": "",
    }
    assert (await patient.ask(RECORD, id=created["id"]))["record"] == created


async def test_a_client_key_writes_once(patient: Person) -> None:
    key = new_key()
    answers = await asyncio.gather(*(create(patient, key, title=f"第{n}次") for n in range(20)))
    assert len({answer["id"] for answer in answers}) == 1
    assert await titles(patient) == [answers[0]["title"]]


async def test_an_update_leaves_alone_what_it_omits(patient: Person) -> None:
    created = await create(patient)
    title_only = {"kind": "NOTE", "title": "改了"}
    changed = (await patient.ask(UPDATE, id=created["id"], version=1, input=title_only))["updateRecord"]
    assert changed | {"updatedAt": ""} == created | {"kind": "NOTE", "title": "改了", "version": 2, "updatedAt": ""}
    cleared = {"kind": "NOTE", "title": "改了", "body": None, "tags": None, "occurredAt": None}
    changed = (await patient.ask(UPDATE, id=created["id"], version=2, input=cleared))["updateRecord"]
    assert (changed["body"], changed["tags"], changed["occurredAt"]) == (None, [], created["occurredAt"])


async def test_of_two_updates_of_one_version_one_wins(patient: Person) -> None:
    created = await create(patient)
    tries = [
        patient.send(UPDATE, id=created["id"], version=1, input={"kind": "NOTE", "title": f"第{n}个"}) for n in range(8)
    ]
    answers = await asyncio.gather(*tries)
    won = [answer["data"]["updateRecord"] for answer in answers if "errors" not in answer]
    lost = [answer["errors"][0]["extensions"] for answer in answers if "errors" in answer]
    assert [(each["code"], each["field"]) for each in lost] == [("CONFLICT", "expectedVersion")] * 7
    assert (await patient.ask(RECORD, id=created["id"]))["record"] == won[0]
    assert won[0]["version"] == 2


WRONG: dict[str, tuple[Json, str]] = {
    "no title": ({"title": "  "}, "input.title"),
    "a long title": ({"title": "长" * 101}, "input.title"),
    "NUL in the title": ({"title": "a\x00"}, "input.title"),
    "a long body": ({"body": "长" * 10_001}, "input.body"),
    "21 tags": ({"tags": [str(n) for n in range(21)]}, "input.tags"),
    "an empty tag": ({"tags": ["好", ""]}, "input.tags[1]"),
    "a long tag": ({"tags": ["长" * 31]}, "input.tags[0]"),
    "another century": ({"occurredAt": "1800-01-01T00:00:00Z"}, "input.occurredAt"),
    "files": ({"fileIds": ["x", "x"]}, "input.fileIds"),
}


@pytest.mark.parametrize(("change", "field"), WRONG.values(), ids=WRONG.keys())
async def test_what_is_wrong_is_named_and_nothing_is_stored(patient: Person, change: Json, field: str) -> None:
    refusal = await patient.refused(CREATE, input=VISIT | change)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)
    assert await titles(patient) == []
    created = await create(patient)
    refusal = await patient.refused(UPDATE, id=created["id"], version=1, input=VISIT | change)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)
    assert (await patient.ask(RECORD, id=created["id"]))["record"] == created


@pytest.mark.parametrize("key", ["", "k" * 65, "键"])
async def test_a_wrong_client_key_is_refused(patient: Person, key: str) -> None:
    refusal = await patient.refused(CREATE, input=VISIT, key=key)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "clientKey")


async def test_records_are_found_by_kind_tag_time_and_words(patient: Person) -> None:
    await create(patient, title="头痛一整天", body=None, kind="SYMPTOM", tags=[], occurredAt="2026-01-01T00:00:00Z")
    await create(patient, title="跑步", body="5 公里，Pace 6:00", kind="EXERCISE", tags=["100%"])
    await create(patient, title="饮食", body="少盐_少油", kind="DIET", occurredAt="2026-03-01T00:00:00Z")
    assert await titles(patient) == ["饮食", "跑步", "头痛一整天"]
    wanted: list[tuple[Json, list[str]]] = [
        ({"kind": "SYMPTOM"}, ["头痛一整天"]),
        ({"tag": "100%"}, ["跑步"]),
        ({"tag": "高血压"}, ["饮食"]),
        ({"text": "头痛"}, ["头痛一整天"]),
        ({"text": "少油"}, ["饮食"]),
        ({"text": "pace"}, ["跑步"]),
        ({"text": "%"}, []),
        ({"text": "盐_少"}, ["饮食"]),
        ({"text": "盐x少"}, []),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, ["跑步", "头痛一整天"]),
        ({"kind": "DIET", "text": "跑步"}, []),
    ]
    assert [await titles(patient, **each) for each, _ in wanted] == [found for _, found in wanted]


async def test_pages_follow_each_other(patient: Person) -> None:
    for number in range(5):
        await create(patient, title=str(number))
    first = (await patient.ask(LIST, first=3))["records"]
    rest = (await patient.ask(LIST, first=3, after=first["pageInfo"]["endCursor"]))["records"]
    assert [node["title"] for node in first["nodes"] + rest["nodes"]] == ["4", "3", "2", "1", "0"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


@pytest.mark.parametrize(
    ("field", "variables"),
    [
        ("first", {"first": 101}),
        ("after", {"after": "nonsense"}),
        ("text", {"text": ""}),
        ("text", {"text": "\x00"}),
        ("tag", {"tag": "长" * 31}),
        ("to", {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}),
    ],
)
async def test_a_wrong_argument_is_named(patient: Person, field: str, variables: dict[str, Any]) -> None:
    refusal = await patient.refused(LIST, **variables)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)


@pytest.mark.parametrize("kind", ["foreign", "unknown", "malformed"])
async def test_foreign_unknown_and_malformed_ids_sound_alike(patient: Person, people: People, kind: str) -> None:
    mine = await create(patient)
    other = await people.patient()
    unknown = "0199c0de-0000-7000-8000-000000000000"
    record_id = {"foreign": mine["id"], "unknown": unknown, "malformed": "' OR 1=1"}[kind]
    changes = [
        await other.refused(UPDATE, id=record_id, version=1, input=VISIT),
        await other.refused(DELETE, id=record_id),
    ]
    assert {(refusal.code, refusal.message) for refusal in changes} == {("NOT_FOUND", "没有找到这条记录")}
    assert (await other.refused(RECORD, id=record_id)).code == "NOT_FOUND"
    assert (await patient.ask(RECORD, id=mine["id"]))["record"] == mine


async def test_nobody_else_reads_anything(patient: Person, people: People, admin: Person) -> None:
    mine = await create(patient)
    for someone in (await people.patient(), admin):
        assert await titles(someone) == []
        assert (await someone.refused(RECORD, id=mine["id"])).code == "NOT_FOUND"
    stranger = people.stranger()
    for query, variables in ((LIST, {}), (RECORD, {"id": mine["id"]}), (CREATE, {"input": VISIT})):
        assert (await stranger.refused(query, **variables)).code == "UNAUTHENTICATED"


async def test_a_deleted_record_is_gone(patient: Person) -> None:
    created = await create(patient)
    assert (await patient.ask(DELETE, id=created["id"]))["deleteRecord"] == created["id"]
    assert await titles(patient) == []
    assert (await patient.refused(DELETE, id=created["id"])).code == "NOT_FOUND"


async def test_a_summary_is_a_reply_of_the_recorder_in_a_session(patient: Person) -> None:
    await create(patient)
    await create(patient, kind="DIET", title="不该出现")
    sent = (await patient.ask(SUMMARISE, key=new_key(), kind="VISIT"))["summariseRecords"]
    assert sent["session"]["assistant"] == {"slug": "recorder"}
    assert sent["message"]["content"] == (
        "请整理我的健康记录（共 1 条）。\n\n"
        "【2026-02-03 09:30 就诊】心内科复诊\n医生说血压还是偏高，继续吃药。\n标签：高血压、心内科"
    )
    assert sent["reply"]["state"] == "PENDING"
    progress = (await patient.ask(PROGRESS, id=sent["reply"]["id"]))["replyProgress"]
    assert progress["text"].startswith("您好")


async def test_the_same_summary_is_asked_for_once(patient: Person) -> None:
    await create(patient)
    key = new_key()
    first, *others = [
        each["summariseRecords"] for each in await asyncio.gather(*(patient.ask(SUMMARISE, key=key) for _ in range(10)))
    ]
    assert {each["reply"]["id"] for each in others} == {first["reply"]["id"]}
    assert sorted(each["duplicate"] for each in (first, *others)) == [False] + [True] * 9


async def test_there_is_no_summary_of_nothing(patient: Person, people: People) -> None:
    other = await people.patient()
    await create(other)
    assert (await patient.refused(SUMMARISE, key=new_key())).code == "BAD_USER_INPUT"
    assert (await people.stranger().refused(SUMMARISE, key=new_key())).code == "UNAUTHENTICATED"


async def test_a_long_history_is_summarised_whole_or_says_that_it_is_not(patient: Person) -> None:
    for number in range(8):
        await create(patient, title=f"第{number}次", body="字" * 2_000)
    sent = (await patient.ask(SUMMARISE, key=new_key()))["summariseRecords"]
    assert "最近的 4 条，更早的没有列出" in sent["message"]["content"]
    assert "第7次" in sent["message"]["content"]
