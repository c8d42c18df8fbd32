"""A file, wherever it is kept, …"""

import asyncio
import hashlib
import io
from urllib.parse import urlsplit

import pytest
from PIL import Image

from domain.files.keys import thumbnail_key
from tests.api.client import Json, Person
from tests.api.keeping import (
    House,
    opened,
    parts_of,
    photo,
    read,
    refused_upload,
    send_form,
    straight,
    until_dead,
    upload,
)
from tests.domain.test_images import HOSTILE, corners, like
from tests.pictures import BLUE, GREEN, RED, WHITE, honest, quarters, saved
from tests.standins import faults
from tests.waiting import until

REQUEST = """mutation Request($purpose: FilePurpose!, $mime: String!, $bytes: Int!, $sha256: String) {
  requestUpload(purpose: $purpose, mime: $mime, bytes: $bytes, sha256: $sha256) {
    file { id state url } method url headers formFields expiresAt
  }
}"""
COMPLETE = """mutation Complete($id: ID!) {
  completeUpload(fileId: $id) { id url mime bytes width height state purpose }
}"""
FILE = "query File($id: ID!) { file(id: $id) { id url small: url(thumbnail: 200) mime bytes state } }"
DELETE = "mutation Delete($id: ID!) { deleteFile(id: $id) }"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
UNKNOWN = "01a1f8b1-e13f-730c-b5a8-bdf6629d0330"


ON_DISK = pytest.mark.parametrize("house", ["disk"], indirect=True)
ON_THE_NET = pytest.mark.parametrize("house", ["cos", "s3"], indirect=True)


async def ticket_for(person: Person, content: bytes, mime: str = "image/jpeg", **more: object) -> Json:
    given = {"purpose": "CHAT_IMAGE", "mime": mime, "bytes": len(content), **more}
    ticket: Json = (await person.ask(REQUEST, **given))["requestUpload"]
    return ticket


async def sent_straight(person: Person, content: bytes, mime: str = "image/jpeg", **more: object) -> Json:
    ticket = await ticket_for(person, content, mime, **more)
    assert await straight(ticket, content) in (200, 204)
    file: Json = (await person.ask(COMPLETE, id=ticket["file"]["id"]))["completeUpload"]
    return file


# ---- through the server


async def test_sent_by_a_phone_is_kept_and_read_by_its_address(house: House, owner: Person) -> None:
    file = await upload(owner, saved(quarters(), "PNG"))
    answer = await read(file["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert (file["mime"], file["bytes"], file["state"]) == ("image/jpeg", len(answer.content), "READY")
    assert (file["width"], file["height"], file["purpose"]) == (96, 64, "CHAT_IMAGE")
    assert like(corners(opened(answer.content)), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
async def test_may_come_with_its_parts_in_any_order(house: House, owner: Person, order: tuple[int, ...]) -> None:
    parts = parts_of(photo())
    answer = (await send_form(owner, [parts[place] for place in order])).json()
    assert answer["data"]["uploadImage"]["state"] == "READY"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
async def test_is_upright_and_does_not_tell_where_it_was_taken(house: House, owner: Person, kind: str) -> None:
    content = photo(kind)
    assert b"SecretCam" in content
    file = await upload(owner, content)
    stored = {key: kept for key, kept in house.objects().items() if file["id"] in key}
    assert len(stored) == 2
    for kept in stored.values():
        assert not opened(kept).getexif()
        assert b"Secret" not in kept
        assert b"2024:05:06" not in kept
    whole = opened((await read(file["url"])).content)
    assert (whole.size, file["width"], file["height"]) == ((64, 96), 64, 96)
    assert like(corners(whole), [BLUE, RED, WHITE, GREEN])


@ON_DISK
@pytest.mark.parametrize(
    ("content", "code"), [(each[1], each[2].code.value) for each in HOSTILE], ids=[each[0] for each in HOSTILE]
)
async def test_that_is_hostile_is_refused_and_nothing_is_kept(
    content: bytes, code: str, house: House, owner: Person
) -> None:
    before = house.objects()
    refusal = await refused_upload(owner, content)
    assert (refusal.code, refusal.field) == (code, "file")
    assert house.objects() == before


@ON_DISK
async def test_that_is_too_large_is_refused(house: House, owner: Person) -> None:
    before = house.objects()
    refusal = await refused_upload(owner, saved(quarters(), "BMP") + bytes(10 << 20))
    assert (refusal.code, refusal.field) == ("PAYLOAD_TOO_LARGE", "file")
    body = await send_form(owner, parts_of(bytes(22 << 20)))
    assert (body.status_code, body.json()["errors"][0]["extensions"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert house.objects() == before


@ON_DISK
async def test_of_a_stranger_is_refused_before_it_is_read(house: House) -> None:
    answer = await send_form(house.people.stranger(), [*parts_of(photo())])
    assert answer.json()["errors"][0]["extensions"]["code"] in ("UNAUTHENTICATED", "FORBIDDEN")


@ON_DISK
async def test_must_be_a_file_and_not_a_text(house: House, owner: Person) -> None:
    refusal = await owner.refused("mutation($f: Upload!) { uploadImage(file: $f) { id } }", f="/etc/passwd")
    assert refusal.code == "BAD_USER_INPUT"
    literal = await owner.refused('mutation { uploadImage(file: "/etc/passwd") { id } }')
    assert literal.code == "GRAPHQL_VALIDATION_FAILED"


async def test_may_be_a_paper_among_reports_only(house: House, owner: Person) -> None:
    file = await upload(owner, PDF, "REPORT")
    assert (file["mime"], file["bytes"], file["width"], file["height"]) == ("application/pdf", len(PDF), None, None)
    assert (await read(file["url"])).content == PDF
    assert (await refused_upload(owner, PDF)).code == "BAD_USER_INPUT"
    assert (await refused_upload(owner, PDF[:-20], "REPORT")).code == "BAD_USER_INPUT"
    assert (await refused_upload(owner, PDF, "TREASURE_BOOK")).code == "FORBIDDEN"


# ---- straight to the store


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic"])
async def test_sent_straight_to_the_store_is_cleaned_too(house: House, owner: Person, kind: str) -> None:
    content = photo("HEIF" if kind == "heic" else kind.upper())
    file = await sent_straight(owner, content, f"image/{kind}", sha256=hashlib.sha256(content).hexdigest())
    kept = (await read(file["url"])).content
    assert (file["state"], file["mime"], file["bytes"]) == ("READY", "image/jpeg", len(kept))
    assert b"Secret" not in kept
    assert like(corners(opened(kept)), [BLUE, RED, WHITE, GREEN])
    assert [key for key, kept in house.objects().items() if kept == content] == []


async def test_that_is_a_paper_is_kept_as_it_is(house: House, owner: Person) -> None:
    file = await sent_straight(owner, PDF, "application/pdf", purpose="REPORT")
    assert (await read(file["url"])).content == PDF


async def test_is_pending_until_it_is_completed(house: House, owner: Person) -> None:
    ticket = await ticket_for(owner, photo())
    assert ticket["file"]["state"] == "PENDING"
    early = await owner.refused(COMPLETE, id=ticket["file"]["id"])
    assert (early.code, early.field) == ("CONFLICT", "fileId")
    assert await straight(ticket, photo()) in (200, 204)
    assert (await read(ticket["file"]["url"])).status_code in (403, 404)
    first = (await owner.ask(COMPLETE, id=ticket["file"]["id"]))["completeUpload"]
    again = (await owner.ask(COMPLETE, id=ticket["file"]["id"]))["completeUpload"]
    assert {**first, "url": ""} == {**again, "url": ""}
    assert (await read(ticket["file"]["url"])).status_code == 200


async def test_completed_many_times_at_once_is_one_file(house: House, owner: Person) -> None:
    ticket = await ticket_for(owner, photo())
    await straight(ticket, photo())
    answers = await asyncio.gather(*(owner.ask(COMPLETE, id=ticket["file"]["id"]) for _ in range(5)))
    assert {answer["completeUpload"]["state"] for answer in answers} == {"READY"}
    assert sorted(key for key in house.objects() if ticket["file"]["id"] in key) == sorted(
        [key for key in house.objects() if key.endswith(f"{ticket['file']['id']}.jpg")]
        + [thumbnail_key(key) for key in house.objects() if key.endswith(f"{ticket['file']['id']}.jpg")]
    )


@pytest.mark.parametrize(
    ("content", "mime", "missing"),
    [
        (photo(), "image/jpeg", 1),
        (saved(quarters(), "PNG"), "image/jpeg", 0),
        (PDF, "image/jpeg", 0),
        (honest()["png"][:-40], "image/png", 0),
    ],
    ids=["smaller", "of another type", "a paper as a picture", "cut short"],
)
async def test_that_is_not_what_was_announced_is_rejected(
    content: bytes, mime: str, missing: int, house: House, owner: Person
) -> None:
    before = house.objects()
    ticket = await ticket_for(owner, content + bytes(missing), mime)
    assert await straight(ticket, content) in (200, 204)
    refusal = await owner.refused(COMPLETE, id=ticket["file"]["id"])
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "fileId")
    assert house.objects() == before
    assert (await owner.ask(FILE, id=ticket["file"]["id"]))["file"]["state"] == "REJECTED"
    assert (await owner.refused(COMPLETE, id=ticket["file"]["id"])).code == "CONFLICT"


async def test_of_another_hash_than_announced_is_rejected(house: House, owner: Person) -> None:
    ticket = await ticket_for(owner, photo(), sha256="0" * 64)
    await straight(ticket, photo())
    refusal = await owner.refused(COMPLETE, id=ticket["file"]["id"])
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "fileId")


async def test_larger_than_its_ticket_does_not_get_in(house: House, owner: Person) -> None:
    before = house.objects()
    ticket = await ticket_for(owner, bytes(100))
    assert await straight(ticket, bytes(101)) in (400, 413)
    assert house.objects() == before


async def test_cannot_be_replaced_by_its_ticket_after_it_was_checked(house: House, owner: Person) -> None:
    ticket = await ticket_for(owner, photo())
    await straight(ticket, photo())
    file = (await owner.ask(COMPLETE, id=ticket["file"]["id"]))["completeUpload"]
    kept = (await read(file["url"])).content
    await straight(ticket, photo(orientation=3))
    assert (await read(file["url"])).content == kept


@ON_DISK
@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"mime": "text/html"}, "BAD_USER_INPUT", "mime"),
        ({"mime": "application/pdf"}, "BAD_USER_INPUT", "mime"),
        ({"bytes": 0}, "BAD_USER_INPUT", "bytes"),
        ({"bytes": -1}, "BAD_USER_INPUT", "bytes"),
        ({"bytes": (10 << 20) + 1}, "PAYLOAD_TOO_LARGE", "bytes"),
        ({"sha256": "abc"}, "BAD_USER_INPUT", "sha256"),
        ({"purpose": "TREASURE_BOOK"}, "FORBIDDEN", None),
    ],
)
async def test_that_would_not_be_taken_gets_no_ticket(
    given: dict[str, object], code: str, field: str | None, house: House, owner: Person
) -> None:
    asked = {"purpose": "CHAT_IMAGE", "mime": "image/jpeg", "bytes": 100, **given}
    refusal = await owner.refused(REQUEST, **asked)
    assert (refusal.code, refusal.field) == (code, field)


# ---- whose it is


@pytest.mark.parametrize("known", ["foreign", "unknown", "malformed"])
async def test_that_is_not_ones_own_is_not_found(house: House, owner: Person, known: str) -> None:
    ticket = await ticket_for(owner, photo())
    await straight(ticket, photo())
    ids = {"foreign": ticket["file"]["id"], "unknown": UNKNOWN, "malformed": "1 OR 1=1"}
    stranger = await house.people.patient()
    refusals = [await stranger.refused(query, id=ids[known]) for query in (FILE, COMPLETE, DELETE)]
    assert [refusal.code for refusal in refusals] == ["NOT_FOUND"] * 3
    assert len({refusal.message for refusal in refusals[1:]}) == 1
    assert (await owner.ask(COMPLETE, id=ticket["file"]["id"]))["completeUpload"]["state"] == "READY"


async def test_cannot_be_read_by_an_altered_address(house: House, owner: Person) -> None:
    one, two = await upload(owner, photo()), await upload(owner, photo())
    path, _, query = one["url"].partition("?")
    altered = [
        path,
        one["url"][:-1] + ("A" if one["url"][-1] != "A" else "B"),
        f"{path.replace(one['id'], two['id'])}?{query}",
    ]
    altered += [one["url"].replace(pair, f"{pair}0") for pair in query.split("&") if "ime" in pair or "xpires" in pair]
    assert len(altered) >= 4
    assert {(await read(url)).status_code for url in altered} <= {403, 404}


async def test_has_addresses_for_as_long_as_one_asks(house: House, owner: Person) -> None:
    file = await upload(owner, photo())
    query = "query($id: ID!, $s: Int!) { file(id: $id) { url(expiresIn: $s) } }"
    assert (await read((await owner.ask(query, id=file["id"], s=86_400))["file"]["url"])).status_code == 200
    for seconds in (0, -5, 86_401):
        refusal = await owner.refused(query, id=file["id"], s=seconds)
        assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "expiresIn")
    brief = (await owner.ask(query, id=file["id"], s=1))["file"]["url"]
    assert await until_dead(brief) in (403, 404)


async def test_is_shown_small_where_that_is_enough(house: House, owner: Person) -> None:
    file = await upload(owner, saved(quarters(1200, 800), "JPEG", quality=95))
    small = (await owner.ask(FILE, id=file["id"]))["file"]["small"]
    if house.kind == "cos":
        assert "imageMogr2%2Fthumbnail%2F200x200" in small
    else:
        assert opened((await read(small)).content).size == (400, 267)


# ---- deleting


async def test_that_is_deleted_is_gone_from_the_store_too(house: House, owner: Person) -> None:
    file = await upload(owner, photo())
    assert (await owner.ask(DELETE, id=file["id"]))["deleteFile"] == file["id"]
    assert (await owner.refused(FILE, id=file["id"])).code == "NOT_FOUND"
    assert (await owner.ask(DELETE, id=file["id"]))["deleteFile"] == file["id"]
    await until(lambda: not [key for key in house.objects() if file["id"] in key])
    assert (await read(file["url"])).status_code in (403, 404)


# ---- trouble


@ON_THE_NET
async def test_that_cannot_be_kept_is_refused_in_time_and_leaves_the_rest_alone(house: House, owner: Person) -> None:
    assert house.vendor is not None
    before = house.objects()
    house.vendor.refuse()
    async with asyncio.timeout(20):
        refusal = await refused_upload(owner, photo())
        assert (refusal.code, refusal.message) == ("UPSTREAM_UNAVAILABLE", "文件存储暂时不可用，请稍后再试")
        assert (await owner.ask("{ me { id } }"))["me"]["id"] == owner.id
        assert (await owner.http.get("/readyz")).status_code == 200
    house.vendor.listen()
    assert (await upload(owner, photo()))["state"] == "READY"
    assert set(before) <= set(house.objects())


@ON_THE_NET
async def test_whose_store_stumbles_at_the_end_can_be_completed_later(house: House, owner: Person) -> None:
    assert house.vendor is not None
    ticket = await ticket_for(owner, photo())
    await straight(ticket, photo())
    house.vendor.faults.extend([faults.page(403)] * 2)
    assert (await owner.refused(COMPLETE, id=ticket["file"]["id"])).code == "UPSTREAM_UNAVAILABLE"
    house.vendor.faults.clear()
    assert (await owner.ask(COMPLETE, id=ticket["file"]["id"]))["completeUpload"]["state"] == "READY"


@ON_DISK
async def test_address_is_on_the_host_that_the_phone_asked(house: House, owner: Person) -> None:
    file = await upload(owner, photo())
    headers = {**owner.headers, "host": "api.example.cn", "x-forwarded-proto": "https"}
    answer = await owner.http.post("/graphql", json={"query": FILE, "variables": {"id": file["id"]}}, headers=headers)
    url = urlsplit(answer.json()["data"]["file"]["url"])
    assert (url.scheme, url.netloc) == ("https", "api.example.cn")


@ON_DISK
async def test_can_be_read_in_pieces(house: House, owner: Person) -> None:
    file = await upload(owner, photo())
    whole = await read(file["url"])
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = await owner.http.get(file["url"], headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert (await owner.http.post(file["url"])).status_code == 404
    assert Image.open(io.BytesIO(whole.content)).format == "JPEG"
