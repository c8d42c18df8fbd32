"""Real servers on loopback, in the loop of the tests."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
import uvicorn

from tests.loopback import listening, plain_client
from tests.transport.toy import World, make_app
from transport.app import App
from transport.asgi import Bounds
from transport.listening import uvicorn_options

Serve = Callable[[App], AbstractAsyncContextManager[str]]


@asynccontextmanager
async def served(app: App, bounds: Bounds | None = None) -> AsyncIterator[str]:
    """The address, host and port, where `app` listens."""
    config = uvicorn.Config(app, log_level="warning", access_log=False, **uvicorn_options(bounds))
    async with listening(config) as port:
        yield f"127.0.0.1:{port}"


@pytest.fixture
def serve() -> Serve:
    return served


@pytest.fixture(scope="session")
async def toy() -> AsyncIterator[tuple[World, str]]:
    world = World()
    async with served(make_app(world)) as address:
        yield world, address


@pytest.fixture
def world(toy: tuple[World, str]) -> World:
    """The world of the server at `address`, as new."""
    world, _ = toy
    vars(world).update(vars(World()), started=world.started)
    return world


@pytest.fixture
def address(toy: tuple[World, str], world: World) -> str:
    return toy[1]


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with plain_client(f"http://{address}") as client:
        yield client
