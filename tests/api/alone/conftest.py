"""A server that a module of tests has for itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from persistence.embedded.server import EmbeddedServer
from tests.api.client import People, Person, http_client
from tests.api.serving import ADMIN_PASSWORD, Served, served, settings_for
from tests.postgres import fresh_database


@pytest_asyncio.fixture(scope="module")
async def app(
    postgres: EmbeddedServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """One for each module: nobody else is in its log and its figures."""
    folder: Path = tmp_path_factory.mktemp("data")
    with fresh_database(postgres, template_database) as dsn:
        async with served(settings_for(dsn, folder)) as running:
            yield running


@pytest_asyncio.fixture(scope="module")
async def people(app: Served) -> AsyncIterator[People]:
    async with http_client(app.port) as http:
        yield People(app.port, http)


@pytest_asyncio.fixture(scope="module")
async def admin(people: People) -> Person:
    return await people.admin(ADMIN_PASSWORD)
