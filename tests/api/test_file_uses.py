"""Files on records and as faces: …"""

import pytest

from tests.api.client import Json, Person
from tests.api.keeping import House, photo, read, upload
from tests.api.test_files import DELETE, FILE, ON_DISK, PDF, UNKNOWN, ticket_for
from tests.waiting import until

pytestmark = ON_DISK
CREATE = "mutation($i: RecordInput!) { createRecord(input: $i) { id version files { id mime url } } }"
UPDATE = """mutation($id: ID!, $v: Int!, $i: RecordInput!) {
  updateRecord(id: $id, expectedVersion: $v, input: $i) { version files { id } }
}"""
RECORD = "query($id: ID!) { record(id: $id) { files { id } } }"
WEAR = "mutation($f: ID) { updateProfile(input: {avatarFileId: $f}) { avatar { id url } } }"
NOTE: Json = {"kind": "REPORT", "title": "化验单"}


async def record_with(person: Person, *files: Json) -> Json:
    created: Json = (await person.ask(CREATE, i=NOTE | {"fileIds": [file["id"] for file in files]}))["createRecord"]
    return created


async def files_of(person: Person, record: Json) -> list[str]:
    return [file["id"] for file in (await person.ask(RECORD, id=record["id"]))["record"]["files"]]


def gone(house: House, file: Json) -> bool:
    return not [key for key in house.objects() if file["id"] in key]


async def test_a_record_carries_pictures_and_papers_in_their_order(house: House, owner: Person) -> None:
    paper, picture = await upload(owner, PDF, "REPORT"), await upload(owner, photo(), "REPORT")
    record = await record_with(owner, paper, picture)
    assert [(file["id"], file["mime"]) for file in record["files"]] == [
        (paper["id"], "application/pdf"),
        (picture["id"], "image/jpeg"),
    ]
    assert (await read(record["files"][0]["url"])).content == PDF
    assert await files_of(owner, record) == [paper["id"], picture["id"]]


async def test_an_update_that_says_nothing_of_files_keeps_them(house: House, owner: Person) -> None:
    one, two = await upload(owner, photo(), "REPORT"), await upload(owner, photo(), "REPORT")
    record = await record_with(owner, one, two)
    await owner.ask(UPDATE, id=record["id"], v=1, i=NOTE)
    assert await files_of(owner, record) == [one["id"], two["id"]]
    swapped = await owner.ask(UPDATE, id=record["id"], v=2, i=NOTE | {"fileIds": [two["id"]]})
    assert swapped["updateRecord"] == {"version": 3, "files": [{"id": two["id"]}]}
    await until(lambda: gone(house, one))
    assert not gone(house, two)


async def test_files_of_a_deleted_record_go_unless_something_else_shows_them(house: House, owner: Person) -> None:
    one, two = await upload(owner, photo(), "REPORT"), await upload(owner, photo(), "REPORT")
    first = await record_with(owner, one, two)
    second = await record_with(owner, two)
    await owner.ask("mutation($id: ID!) { deleteRecord(id: $id) }", id=first["id"])
    await until(lambda: gone(house, one))
    assert await files_of(owner, second) == [two["id"]]
    assert (await owner.ask(FILE, id=two["id"]))["file"]["state"] == "READY"


async def test_a_deleted_file_leaves_its_records(house: House, owner: Person) -> None:
    file = await upload(owner, photo(), "REPORT")
    record = await record_with(owner, file)
    await owner.ask(DELETE, id=file["id"])
    assert await files_of(owner, record) == []
    await until(lambda: gone(house, file))


@pytest.mark.parametrize("what", ["foreign", "unknown", "malformed", "pending", "an avatar"])
async def test_what_is_not_ones_own_file_is_not_attached(house: House, owner: Person, what: str) -> None:
    ids = {
        "foreign": (await upload(await house.people.patient(), photo(), "REPORT"))["id"],
        "unknown": UNKNOWN,
        "malformed": "x",
        "pending": (await ticket_for(owner, photo(), purpose="REPORT"))["file"]["id"],
        "an avatar": (await upload(owner, photo(), "AVATAR"))["id"],
    }
    refusal = await owner.refused(CREATE, i=NOTE | {"fileIds": [ids[what]]})
    assert (refusal.code, refusal.field) == ("NOT_FOUND", "input.fileIds")
    assert (await owner.ask("{ records { nodes { id } } }"))["records"]["nodes"] == []


async def test_too_many_or_repeated_files_are_refused(house: House, owner: Person) -> None:
    for ids in ([UNKNOWN] * 2, [f"{n:036}" for n in range(21)]):
        refusal = await owner.refused(CREATE, i=NOTE | {"fileIds": ids})
        assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "input.fileIds")


async def test_a_face_is_seen_by_whoever_sees_the_person(house: House, owner: Person) -> None:
    file = await upload(owner, photo(), "AVATAR")
    worn = (await owner.ask(WEAR, f=file["id"]))["updateProfile"]["avatar"]
    assert (worn["id"], (await read(worn["url"])).status_code) == (file["id"], 200)
    other = await house.people.patient()
    group = await owner.ask(
        'mutation($m: [ID!]) { createGroup(name: "g", memberIds: $m) { members { user { id avatar { id } } } } }',
        m=[other.id],
    )
    faces = {each["user"]["id"]: each["user"]["avatar"] for each in group["createGroup"]["members"]}
    assert faces == {owner.id: {"id": file["id"]}, other.id: None}


async def test_a_new_face_takes_the_place_of_the_old(house: House, owner: Person) -> None:
    old, new = await upload(owner, photo(), "AVATAR"), await upload(owner, photo(), "AVATAR")
    await owner.ask(WEAR, f=old["id"])
    await owner.ask(WEAR, f=new["id"])
    await until(lambda: gone(house, old))
    assert (await owner.ask(WEAR, f=None))["updateProfile"]["avatar"] is None
    await until(lambda: gone(house, new))


async def test_a_deleted_face_is_no_face_any_more(house: House, owner: Person) -> None:
    file = await upload(owner, photo(), "AVATAR")
    await owner.ask(WEAR, f=file["id"])
    await owner.ask(DELETE, id=file["id"])
    assert (await owner.ask("{ me { avatar { id } } }"))["me"]["avatar"] is None


@pytest.mark.parametrize("what", ["foreign", "unknown", "malformed", "a report"])
async def test_what_is_not_ones_own_avatar_is_not_worn(house: House, owner: Person, what: str) -> None:
    ids = {
        "foreign": (await upload(await house.people.patient(), photo(), "AVATAR"))["id"],
        "unknown": UNKNOWN,
        "malformed": "x",
        "a report": (await upload(owner, photo(), "REPORT"))["id"],
    }
    refusal = await owner.refused(WEAR, f=ids[what])
    assert (refusal.code, refusal.field) == ("NOT_FOUND", "avatarFileId")
    assert (await owner.ask("{ me { avatar { id } } }"))["me"]["avatar"] is None
