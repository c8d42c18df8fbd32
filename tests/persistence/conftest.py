"""What tests on PostgreSQL share."""

from collections.abc import AsyncIterator

import pytest

from tests.accounts import World, opened


@pytest.fixture
async def world(database_dsn: str) -> AsyncIterator[World]:
    async with opened(database_dsn) as world:
        yield world
