"""GraphiQL for browsers: one page and its assets, built by `make graphiql`, with no address but ours."""

from collections.abc import Mapping
from os import PathLike, stat_result
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

PREFIX: Final = "/graphiql/assets/"
# Monaco writes `style` attributes into its lines, hence `unsafe-inline` for styles only; its icons are `data:` fonts.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
# Vite puts a hash of the content into the name of every asset, so a name never changes its content.
FOR_EVER: Final = "public, max-age=31536000, immutable"
# The host's own table of types is not reliable: Windows may call JavaScript text/plain, slim images know no fonts.
TYPES: Final[Mapping[str, str]] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}
NOT_BUILT: Final = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Wellmate GraphiQL</title>
<h1>GraphiQL 尚未构建</h1>
<p>请在服务器的 Wellmate 目录中运行下面的命令（需要 Node.js 20 或更新版本与 npm），然后刷新本页：</p>
<pre><code>make graphiql</code></pre>
<p>本地址的 GraphQL 接口已经可用，不受影响。</p>
<h1 lang="en">GraphiQL is not built yet</h1>
<p lang="en">Run <code>make graphiql</code> in Wellmate's folder on the server (it needs Node.js 20 or newer with npm),
then reload this page. The GraphQL endpoint at this address works all the same.</p>
</html>
"""


class Page:
    """For a browser's `GET`: `index.html` of the build, or (status 503) what to run while there is none."""

    def __init__(self, dist: Path) -> None:
        self._index = dist / "index.html"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._response()(scope, receive, send)

    def _response(self) -> Response:
        headers = {**HEADERS, "cache-control": "no-store"}
        try:
            return HTMLResponse(self._index.read_text(encoding="utf-8"), headers=headers)
        except FileNotFoundError:
            return HTMLResponse(NOT_BUILT, status_code=503, headers=headers)


class Assets(StaticFiles):
    """Everything the page loads, under `/graphiql/assets/`; nothing is found there while there is no build."""

    def __init__(self, dist: Path) -> None:
        super().__init__(directory=dist / "assets", check_dir=False)

    async def check_config(self) -> None:
        return None

    def get_path(self, scope: Scope) -> str:
        return super().get_path({**scope, "path": "/" + scope["path"].removeprefix(PREFIX)})

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            return PlainTextResponse(error.detail, error.status_code, headers={**HEADERS, **(error.headers or {})})

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update({**HEADERS, "cache-control": FOR_EVER})
        known = TYPES.get(Path(full_path).suffix)
        if known and "content-type" in response.headers:
            response.headers["content-type"] = known
        return response
