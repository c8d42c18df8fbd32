"""One application a test process, with a database of its own; tests keep apart by making new people."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from persistence.embedded.server import EmbeddedServer
from tests.api.client import People, Person, http_client
from tests.api.keeping import KINDS, House, house_over
from tests.api.serving import ADMIN_PASSWORD, Served, served, settings_for
from tests.api.vendors import Vendors, vendors_running
from tests.postgres import fresh_database


@pytest.fixture(scope="session")
def vendors() -> Iterator[Vendors]:
    with vendors_running() as vendors:
        yield vendors


@pytest_asyncio.fixture(scope="session")
async def app(
    postgres: EmbeddedServer,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    vendors: Vendors,
    redis_server: str,
) -> AsyncIterator[Served]:
    """With Redis, as some tests put a second process beside it."""
    folder: Path = tmp_path_factory.mktemp("data")
    with fresh_database(postgres, template_database) as dsn:
        async with served(settings_for(dsn, folder, redis_url=redis_server, **vendors.settings())) as running:
            yield running


@pytest_asyncio.fixture(scope="session")
async def people(app: Served) -> AsyncIterator[People]:
    async with http_client(app.port) as http:
        yield People(app.port, http)


@pytest_asyncio.fixture
async def patient(people: People) -> Person:
    return await people.patient()


@pytest_asyncio.fixture(scope="session")
async def admin(people: People) -> Person:
    return await people.admin(ADMIN_PASSWORD)


@pytest_asyncio.fixture(scope="session", params=KINDS)
async def house(
    request: pytest.FixtureRequest,
    postgres: EmbeddedServer,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[House]:
    """The application over each kind of store in turn."""
    with fresh_database(postgres, template_database) as dsn:
        async with house_over(request.param, dsn, tmp_path_factory.mktemp("data")) as running:
            yield running


@pytest_asyncio.fixture
async def owner(house: House) -> Person:
    """A patient with files in `house`."""
    return await house.people.patient()
