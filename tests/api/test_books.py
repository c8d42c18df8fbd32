"""Treasure books over the API: …"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import delete

from persistence.embedded.server import EmbeddedServer
from persistence.tables.books import treasure_books
from tests.api.client import Json, People, Person, http_client
from tests.api.keeping import House, house_over, photo, read, upload
from tests.api.serving import ADMIN_PASSWORD, served, settings_for
from tests.api.test_files import DELETE, PDF, UNKNOWN, ticket_for
from tests.api.test_statements import counted
from tests.postgres import fresh_database
from tests.waiting import until

FIELDS = "id title fileUrl file { id mime } summary category position published"
LIST = f"""query List($first: Int! = 20, $after: String, $category: String, $text: String) {{
  treasureBooks(first: $first, after: $after, category: $category, text: $text) {{
    nodes {{ {FIELDS} }} edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage endCursor }}
  }}
}}"""
BOOK = f"query Book($id: ID!) {{ treasureBook(id: $id) {{ {FIELDS} }} }}"
CREATE = f"mutation Create($i: TreasureBookInput!) {{ createTreasureBook(input: $i) {{ {FIELDS} }} }}"
UPDATE = (
    f"mutation Update($id: ID!, $i: TreasureBookInput!) {{ updateTreasureBook(id: $id, input: $i) {{ {FIELDS} }} }}"
)
REMOVE = "mutation Remove($id: ID!) { deleteTreasureBook(id: $id) }"
LINK = "https://example.cn/糖尿病.pdf"


@pytest_asyncio.fixture(scope="module")
async def library(
    postgres: EmbeddedServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    with fresh_database(postgres, template_database) as dsn:
        async with house_over("disk", dsn, tmp_path_factory.mktemp("data")) as running:
            yield running


@pytest_asyncio.fixture
async def house(library: House) -> House:
    """With an empty shelf."""
    async with library.app.house.database.transaction() as connection:
        await connection.execute(delete(treasure_books))
    library.app.house.services.books.forget()
    return library


@pytest_asyncio.fixture(scope="module")
async def signed_in(library: House) -> Person:
    return await library.people.admin(ADMIN_PASSWORD)


@pytest.fixture
def admin(house: House, signed_in: Person) -> Person:
    return signed_in


@pytest.fixture
def reader(house: House) -> Person:
    """Not signed in."""
    return house.people.stranger()


async def publish(admin: Person, title: str, **more: object) -> Json:
    book: Json = (await admin.ask(CREATE, i={"title": title, "fileUrl": LINK} | more))["createTreasureBook"]
    return book


async def titles(person: Person, **asked: object) -> list[str]:
    return [book["title"] for book in (await person.ask(LIST, **asked))["treasureBooks"]["nodes"]]


async def test_everybody_reads_what_an_admin_publishes(admin: Person, reader: Person) -> None:
    book = await publish(admin, "糖尿病饮食", summary="怎么吃", category="饮食", position=3)
    assert book == {
        "id": book["id"],
        "title": "糖尿病饮食",
        "fileUrl": LINK,
        "file": None,
        "summary": "怎么吃",
        "category": "饮食",
        "position": 3,
        "published": True,
    }
    assert (await reader.ask(BOOK, id=book["id"]))["treasureBook"] == book
    assert (await reader.ask(LIST))["treasureBooks"]["nodes"] == [book]


async def test_a_book_may_be_a_file_that_anybody_can_download(house: House, admin: Person, reader: Person) -> None:
    file = await upload(admin, PDF, "TREASURE_BOOK")
    book = await publish(admin, "手册", fileUrl=None, fileId=file["id"])
    assert book["file"] == {"id": file["id"], "mime": "application/pdf"}
    shown = (await reader.ask(BOOK, id=book["id"]))["treasureBook"]
    answer = await read(shown["fileUrl"])
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")


async def test_only_admins_write_and_see_drafts(house: House, admin: Person, reader: Person) -> None:
    draft = await publish(admin, "草稿", published=False)
    patient = await house.people.patient()
    for person in (reader, patient):
        assert await titles(person) == []
        assert (await person.refused(BOOK, id=draft["id"])).code == "NOT_FOUND"
    assert await titles(admin) == ["草稿"]
    for query, given in ((CREATE, {"i": {"title": "x", "fileUrl": LINK}}), (UPDATE, {"id": draft["id"], "i": {}})):
        assert (await patient.refused(query, **given)).code == "FORBIDDEN"
        assert (await reader.refused(query, **given)).code == "UNAUTHENTICATED"
    assert (await patient.refused(REMOVE, id=draft["id"])).code == "FORBIDDEN"
    await admin.ask(UPDATE, id=draft["id"], i={"published": True})
    assert await titles(reader) == ["草稿"]


async def test_pages_follow_the_order_that_admins_gave(admin: Person, reader: Person) -> None:
    for title, position in (("b", 2), ("a", 1), ("c", 2), ("z", 9), ("older", 5), ("newer", 5)):
        await publish(admin, title, position=position)
    assert await titles(reader) == ["a", "c", "b", "newer", "older", "z"]
    pages: list[list[str]] = []
    after, more = None, True
    while more:
        page = (await reader.ask(LIST, first=2, after=after))["treasureBooks"]
        assert page["pageInfo"]["hasPreviousPage"] is bool(pages)
        pages.append([book["title"] for book in page["nodes"]])
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        await publish(admin, f"in front {len(pages)}", position=0)
    assert pages == [["a", "c"], ["b", "newer"], ["older", "z"]]


async def test_a_page_goes_on_where_its_last_book_was(admin: Person, reader: Person) -> None:
    books = [await publish(admin, title, position=n) for n, title in enumerate("abcd")]
    page = (await reader.ask(LIST, first=2))["treasureBooks"]
    await admin.ask(REMOVE, id=books[1]["id"])
    assert await titles(reader, after=page["pageInfo"]["endCursor"]) == ["c", "d"]


async def test_books_are_found_by_category_and_words(admin: Person, reader: Person) -> None:
    await publish(admin, "高血压 ABC", category="慢病", summary="少盐")
    await publish(admin, "感冒", category="常见病", summary="多休息，abc")
    assert await titles(reader, category="慢病") == ["高血压 ABC"]
    assert await titles(reader, category="慢") == []
    assert sorted(await titles(reader, text="aBc")) == ["感冒", "高血压 ABC"]
    assert await titles(reader, text="少盐") == ["高血压 ABC"]
    assert await titles(reader, text="%") == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"fileUrl": "http://example.cn/a.pdf"}, "fileUrl"),
        ({"fileUrl": "javascript:alert(1)"}, "fileUrl"),
        ({"fileUrl": "https://"}, "fileUrl"),
        ({"fileUrl": "https://u:p@example.cn/"}, "fileUrl"),
        ({"fileUrl": "https://example.cn/a b"}, "fileUrl"),
        ({"fileUrl": "https://example.cn/" + "a" * 2000}, "fileUrl"),
        ({"fileUrl": None}, "fileUrl"),
        ({"fileId": UNKNOWN}, "fileUrl"),
        ({"title": " "}, "title"),
        ({"title": None}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"summary": "长" * 2001}, "summary"),
        ({"category": "长" * 51}, "category"),
        ({"position": -1}, "position"),
        ({"position": None}, "position"),
        ({"published": None}, "published"),
    ],
)
async def test_what_is_wrong_is_named(given: Json, field: str, admin: Person) -> None:
    refusal = await admin.refused(CREATE, i={"title": "t", "fileUrl": LINK} | given)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)
    assert await titles(admin) == []


async def test_lists_that_make_no_sense_are_refused(reader: Person) -> None:
    asked: list[tuple[Json, str]] = [
        ({"first": 0}, "first"),
        ({"first": 101}, "first"),
        ({"after": "x"}, "after"),
        ({"after": "WzEsIngiXQ"}, "after"),
        ({"text": " "}, "text"),
        ({"category": ""}, "category"),
    ]
    for given, field in asked:
        refusal = await reader.refused(LIST, **given)
        assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)


@pytest.mark.parametrize("what", ["foreign", "unknown", "malformed", "pending", "a report"])
async def test_only_an_admins_own_book_file_is_published(house: House, admin: Person, what: str) -> None:
    ids = {
        "foreign": (await upload(await house.people.patient(), photo()))["id"],
        "unknown": UNKNOWN,
        "malformed": "x",
        "pending": (await ticket_for(admin, photo(), purpose="TREASURE_BOOK"))["file"]["id"],
        "a report": (await upload(admin, photo(), "REPORT"))["id"],
    }
    refusal = await admin.refused(CREATE, i={"title": "t", "fileId": ids[what]})
    assert (refusal.code, refusal.field) == ("NOT_FOUND", "fileId")
    assert await titles(admin) == []


async def test_a_link_takes_the_place_of_a_file_which_then_goes(house: House, admin: Person) -> None:
    one, two = await upload(admin, PDF, "TREASURE_BOOK"), await upload(admin, PDF, "TREASURE_BOOK")
    book = await publish(admin, "t", fileUrl=None, fileId=one["id"])
    changed = (await admin.ask(UPDATE, id=book["id"], i={"fileId": two["id"], "summary": "新版"}))["updateTreasureBook"]
    assert (changed["file"]["id"], changed["summary"]) == (two["id"], "新版")
    await until(lambda: not [key for key in house.objects() if one["id"] in key])
    linked = (await admin.ask(UPDATE, id=book["id"], i={"fileUrl": LINK}))["updateTreasureBook"]
    assert (linked["file"], linked["fileUrl"]) == (None, LINK)
    await until(lambda: not [key for key in house.objects() if two["id"] in key])
    refusal = await admin.refused(UPDATE, id=book["id"], i={"fileUrl": None})
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", "fileUrl")


async def test_a_file_stays_readable_while_a_book_shows_it(house: House, admin: Person, reader: Person) -> None:
    file = await upload(admin, PDF, "TREASURE_BOOK")
    book = await publish(admin, "t", fileUrl=None, fileId=file["id"])
    await admin.ask(DELETE, id=file["id"])
    assert (await read((await reader.ask(BOOK, id=book["id"]))["treasureBook"]["fileUrl"])).content == PDF
    await admin.ask(REMOVE, id=book["id"])
    await until(lambda: not [key for key in house.objects() if file["id"] in key])


@pytest.mark.parametrize("known", [UNKNOWN, "x", ""])
async def test_an_unknown_book_is_not_found(known: str, admin: Person) -> None:
    for query, more in ((BOOK, {}), (UPDATE, {"i": {"title": "t"}}), (REMOVE, {})):
        assert (await admin.refused(query, id=known, **more)).code == "NOT_FOUND"


async def test_reading_asks_the_database_once(house: House, admin: Person, reader: Person) -> None:
    await publish(admin, "t")
    with counted(house.app) as statements:
        await asyncio.gather(*(reader.ask(LIST) for _ in range(20)))
        await reader.ask(LIST, text="t")
    assert len([statement for statement in statements if "treasure_books" in statement]) <= 1


async def test_every_process_sees_a_change_at_once(
    postgres: EmbeddedServer, template_database: str, tmp_path: Path, redis_server: str
) -> None:
    with fresh_database(postgres, template_database) as dsn:
        one, other = (settings_for(dsn, tmp_path, redis_url=redis_server) for _ in range(2))
        async with (
            served(one) as first,
            served(other) as second,
            http_client(first.port) as here,
            http_client(second.port) as there,
        ):
            admin = await People(first.port, here).admin(ADMIN_PASSWORD)
            reader = People(second.port, there).stranger()
            assert await titles(reader) == []
            book = await publish(admin, "新")
            await until_read(reader, ["新"])
            await admin.ask(UPDATE, id=book["id"], i={"published": False})
            assert await titles(People(first.port, here).stranger()) == []
            await until_read(reader, [])


async def until_read(reader: Person, wanted: list[str]) -> None:
    """A signal takes milliseconds."""
    async with asyncio.timeout(2):
        while await titles(reader) != wanted:
            pass


async def test_changes_are_written_down(admin: Person) -> None:
    book = await publish(admin, "t")
    await admin.ask(UPDATE, id=book["id"], i={"title": "u", "position": 4})
    await admin.ask(REMOVE, id=book["id"])
    trail = "query($id: ID!) { auditTrail(targetId: $id) { nodes { action changed } } }"
    nodes = (await admin.ask(trail, id=book["id"]))["auditTrail"]["nodes"]
    assert [node["action"] for node in nodes] == ["deleteTreasureBook", "updateTreasureBook", "createTreasureBook"]
    assert nodes[1]["changed"] == ["position", "title"]
