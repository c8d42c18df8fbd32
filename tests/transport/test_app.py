"""The ASGI callable: …"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from tests.loopback import plain_client
from tests.transport.conftest import served
from tests.transport.toy import World, make_app, schema
from transport.app import App
from transport.asgi import Receive, Scope, Send, respond_json
from transport.engine import Engine
from transport.listening import uvicorn_options
from transport.ports import Ports


def plain(name: str) -> object:
    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        await respond_json(send, 200, [name, scope["path"]])

    return app


async def test_gives_plain_routes_by_path_and_by_the_longest_prefix() -> None:
    routes = {path: plain(path) for path in ("/healthz", "/files/", "/files/thumbs/")}
    engine = Engine(schema._schema, Ports(open=World().open))
    app = App(engine, routes=routes)  # type: ignore[arg-type]  # plain callables
    async with served(app) as address, plain_client(f"http://{address}") as http:
        for path, route in (("/healthz", "/healthz"), ("/files/a/b", "/files/"), ("/files/thumbs/c", "/files/thumbs/")):
            assert (await http.get(path)).json() == [route, path]
        for path in ("/", "/healthz/", "/files", "/graphql/"):
            assert (await http.get(path)).status_code == 404


async def test_shows_a_page_to_browsers_only() -> None:
    engine = Engine(schema._schema, Ports(open=World().open))
    app = App(engine, page=plain("page"))  # type: ignore[arg-type]  # a plain callable
    html = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    async with served(app) as address, plain_client(f"http://{address}") as http:
        assert (await http.get("/graphql", headers=html)).json() == ["page", "/graphql"]
        assert (await http.get("/graphql", headers=html, params={"query": "{ hello }"})).json()["data"]
        assert (await http.get("/graphql")).status_code == 400


async def test_lives_as_long_as_its_lifespan() -> None:
    world = World()
    async with served(make_app(world)):
        assert world.started
    assert not world.started


async def test_refuses_to_run_when_the_start_fails(caplog: pytest.LogCaptureFixture) -> None:
    @asynccontextmanager
    async def failing() -> AsyncIterator[None]:
        raise RuntimeError("no database")
        yield

    engine = Engine(schema._schema, Ports(open=World().open))
    config = uvicorn.Config(App(engine, lifespan=failing), port=0, log_level="critical", **uvicorn_options())
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    with pytest.raises(SystemExit):
        await server.startup()
