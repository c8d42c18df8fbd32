"""An operation that is sent by its hash …"""

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
import pytest_asyncio

from persistence.embedded.server import EmbeddedServer
from settings import Settings
from tests.api.client import LOGIN, REGISTER, Json, People, Person, Refusal, http_client
from tests.api.serving import ADMIN_PASSWORD, served, settings_for
from tests.postgres import fresh_database
from wiring.installation import NotReady, documents_of

ME = "query Me { me { username } }"
EVENTS = "subscription Events { userEvents { __typename } }"
OWN = "query Own { me { id } }"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def listed(path: Path, *texts: str) -> Path:
    path.write_text(json.dumps({digest(text): text for text in texts}), encoding="utf-8")
    return path


@pytest_asyncio.fixture(scope="module")
async def closed(
    postgres: EmbeddedServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[People]:
    """An installation that takes listed operations only."""
    folder = tmp_path_factory.mktemp("closed")
    documents = listed(folder / "documents.json", ME, EVENTS, REGISTER, LOGIN)
    with fresh_database(postgres, template_database) as dsn:
        settings = settings_for(dsn, folder, documents=documents, open_documents=False)
        async with served(settings) as running, http_client(running.port) as http:
            yield People(running.port, http)


async def by_hash(person: Person, text: str) -> Json:
    body = {"documentId": f"sha256:{digest(text)}"}
    answer = await person.http.post("/graphql", json=body, headers=person.headers)
    result: Json = answer.json()
    return result


async def test_of_the_mini_program_is_known_beside_those_of_the_settings(closed: People) -> None:
    logout = next(text for text in documents_of(Settings()).values() if text.startswith("mutation Logout("))
    assert (await by_hash(await closed.patient(), logout))["data"] == {"logout": True}


async def test_runs_as_its_text_would(closed: People) -> None:
    patient = await closed.patient()
    assert (await by_hash(patient, ME))["data"] == {"me": {"username": patient.username}}


async def test_runs_as_text_too_when_it_is_listed(closed: People) -> None:
    patient = await closed.patient()
    assert (await patient.ask(ME))["me"] == {"username": patient.username}


async def test_is_refused_when_nobody_has_listed_it(closed: People) -> None:
    assert Refusal.of(await by_hash(await closed.patient(), OWN)).code == "BAD_REQUEST"


async def test_can_not_be_replaced_by_a_text_of_ones_own(closed: People) -> None:
    assert Refusal.of(await (await closed.patient()).send(OWN)).code == "BAD_REQUEST"


async def test_does_not_bind_admins(closed: People) -> None:
    admin = await closed.admin(ADMIN_PASSWORD)
    assert (await admin.ask(OWN))["me"]["id"] == admin.id


async def test_of_the_mini_program_is_known_without_a_word_in_the_settings(people: People) -> None:
    texts = documents_of(Settings.model_validate({"documents": None}))
    logout = next(text for text in texts.values() if text.startswith("mutation Logout("))
    assert (await by_hash(await people.patient(), logout))["data"] == {"logout": True}


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', "\xff", None])
def test_needs_a_list_that_can_be_read(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "documents.json"
    if content is not None:
        path.write_text(content, encoding="latin-1")
    with pytest.raises(NotReady, match="WELLMATE_DOCUMENTS"):
        documents_of(Settings.model_validate({"documents": path}))


def test_needs_a_list_whose_hashes_are_those_of_its_texts(tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({digest(ME): OWN}), encoding="utf-8")
    with pytest.raises(NotReady, match=digest(ME)):
        documents_of(Settings.model_validate({"documents": path}))
