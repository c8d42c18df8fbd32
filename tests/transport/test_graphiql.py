from pathlib import Path
from typing import NoReturn

import httpx
import pytest
from graphql import build_schema

from transport import graphiql
from transport.app import App
from transport.engine import Engine
from transport.ports import Connection, Ports

INDEX = '<!doctype html><script type="module" src="/graphiql/assets/index-1a2b.js"></script>'
SCRIPT = "console.log('你好')"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX, encoding="utf-8")
    (folder / "assets" / "index-1a2b.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "assets" / "codicon-9f.ttf").write_bytes(b"\0\1font")
    (tmp_path / "secret.txt").write_text("not yours", encoding="utf-8")
    return folder


async def fetch(dist: Path, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    schema = build_schema("type Query { hello: String }")
    engine = Engine(schema, Ports(open=nobody))
    app = App(engine, page=graphiql.Page(dist), routes={"/graphiql/": graphiql.Assets(dist)})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wellmate.test") as client:
        return await client.request(method, path, headers={"accept": "text/html", **headers})


async def nobody(_connection: Connection) -> NoReturn:
    raise AssertionError("a page needs no caller")


async def test_the_page_is_the_built_one_and_never_cached(dist: Path) -> None:
    response = await fetch(dist, "/graphql")
    assert (response.status_code, response.text) == (200, INDEX)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"


async def test_a_missing_build_is_answered_with_the_command_to_run(tmp_path: Path) -> None:
    response = await fetch(tmp_path / "nowhere", "/graphql")
    assert response.status_code == 503
    assert "<code>make graphiql</code>" in response.text
    assert "尚未构建" in response.text
    assert "<script" not in response.text


@pytest.mark.parametrize("path", ["/graphql", "/graphiql/assets/index-1a2b.js"])
async def test_nothing_but_our_own_address_may_be_loaded(dist: Path, path: str) -> None:
    headers = (await fetch(dist, path)).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["worker-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_an_asset_is_kept_for_ever_under_its_hashed_name(dist: Path) -> None:
    response = await fetch(dist, "/graphiql/assets/index-1a2b.js")
    assert (response.status_code, response.text) == (200, SCRIPT)
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_an_asset_that_the_browser_has_is_not_sent_again(dist: Path) -> None:
    first = await fetch(dist, "/graphiql/assets/index-1a2b.js")
    again = await fetch(dist, "/graphiql/assets/index-1a2b.js", **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_fonts_have_their_type(dist: Path) -> None:
    assert (await fetch(dist, "/graphiql/assets/codicon-9f.ttf")).headers["content-type"] == "font/ttf"


@pytest.mark.parametrize(
    "path",
    [
        "assets/gone.js",
        "assets/%2e%2e/index.html",
        "assets/%2e%2e/%2e%2e/secret.txt",
        "assets/..%2f..%2fsecret.txt",
        "assets/%2fetc%2fpasswd",
        "assets/",
        "index.html",
        "",
    ],
)
async def test_nothing_outside_the_assets_is_served(dist: Path, path: str) -> None:
    response = await fetch(dist, f"/graphiql/{path}")
    assert response.status_code == 404
    assert "not yours" not in response.text


async def test_assets_are_not_found_while_there_is_no_build(tmp_path: Path) -> None:
    assert (await fetch(tmp_path / "nowhere", "/graphiql/assets/index-1a2b.js")).status_code == 404


async def test_assets_take_no_writes(dist: Path) -> None:
    assert (await fetch(dist, "/graphiql/assets/index-1a2b.js", "POST")).status_code == 405
