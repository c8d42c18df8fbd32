"""A form sent to this server's own disk …"""

import asyncio
from dataclasses import replace

import httpx
import pytest

from tests.api.client import Json, Person
from tests.api.keeping import House, Part, form_of, photo, refused_upload, upload
from tests.api.test_files import ON_DISK, REQUEST, ticket_for
from tests.loopback import plain_client

pytestmark = ON_DISK


async def posted(url: str, parts: list[Part]) -> httpx.Response:
    body, kind = form_of(parts)
    async with plain_client() as phone:
        return await phone.post(url, content=body, headers={"content-type": kind})


def fields_of(ticket: Json) -> list[Part]:
    return [(name, None, value.encode()) for name, value in ticket["formFields"].items()]


def code_of(answer: httpx.Response) -> str:
    error = answer.json()["errors"][0]
    assert error["extensions"]["requestId"]
    code: str = error["extensions"]["code"]
    return code


@pytest.mark.parametrize("altered", ["key", "Content-Type", "max_bytes", "expires", "signature"])
async def test_must_be_as_the_ticket_was(altered: str, house: House, owner: Person) -> None:
    before = house.objects()
    ticket = await ticket_for(owner, photo())
    fields = [(name, file, b"1" + value if name == altered else value) for name, file, value in fields_of(ticket)]
    missing = [part for part in fields_of(ticket) if part[0] != altered]
    for given in (fields, missing):
        answer = await posted(ticket["url"], [*given, ("file", "a.jpg", photo())])
        assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN")
    assert house.objects() == before


@pytest.mark.parametrize(
    "parts",
    [
        [("file", "a.jpg", b"x")],
        [("other", "a.jpg", b"x")],
        [],
    ],
    ids=["only a file", "something else", "nothing"],
)
async def test_without_a_ticket_is_refused(parts: list[Part], house: House, owner: Person) -> None:
    before = house.objects()
    answer = await posted(f"{owner.http.base_url}/files", parts)
    assert answer.status_code in (400, 403)
    assert house.objects() == before


async def test_must_have_its_fields_first_and_one_file(house: House, owner: Person) -> None:
    before = house.objects()
    ticket = await ticket_for(owner, photo())
    fields = fields_of(ticket)
    for parts in ([("file", "a", b"x"), *fields], fields, [*fields, ("file", "a", b"")]):
        assert (await posted(ticket["url"], parts)).status_code == 403
    two = await posted(ticket["url"], [*fields, ("file", "a", b"x"), ("file", "b", b"x")])
    assert (two.status_code, code_of(two)) == (400, "BAD_REQUEST")
    assert house.objects() == before


async def test_larger_than_any_file_is_refused_unread(house: House, owner: Person) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", owner.port)
    head = (
        "POST /files HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000000"
    )
    writer.write(f"{head}\r\n\r\n--b\r\n".encode())
    assert (await reader.readline()).split()[1] == b"413"
    assert b"PAYLOAD_TOO_LARGE" in await reader.readuntil(b"}]}")
    writer.close()


async def test_is_nothing_that_get_or_an_old_path_could_read(house: House, owner: Person) -> None:
    for path in ("/files", "/files/", "/files/../secrets.json", "/files/%2e%2e/secrets.json", "/files/a?signature=%00"):
        answer = await owner.http.get(path)
        assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND")


async def test_and_uploads_are_bounded_a_day(house: House, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    files = house.app.house.services.files
    monkeypatch.setattr(files, "limits", replace(files.limits, a_day=2))
    await upload(owner, photo())
    await ticket_for(owner, photo())
    assert (await refused_upload(owner, photo())).code == "RATE_LIMITED"
    given = {"purpose": "CHAT_IMAGE", "mime": "image/png", "bytes": 5}
    answer = await owner.send(REQUEST, **given)
    assert answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert answer["errors"][0]["extensions"]["retryAfterMs"] == 3_600_000
