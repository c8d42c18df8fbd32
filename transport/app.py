"""The ASGI callable: `/graphql` over HTTP and WebSocket, plain routes beside it, and the lifespan."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from typing import Any

from transport.asgi import NO_SNIFF, NO_STORE, ASGIApp, Bounds, Receive, Scope, Send
from transport.body import Body, respond_early
from transport.deadlines import Deadlines
from transport.encoding import encode
from transport.engine import Engine
from transport.headers import Headers
from transport.http import HttpEndpoint
from transport.lease import Signal
from transport.origins import Origins
from transport.ports import CannotStart
from transport.websocket import SocketEndpoint

Lifespan = Callable[[], AbstractAsyncContextManager[Any]]


class App:
    """`routes` maps a path, or a prefix that ends in `/`, to an ASGI application. `drain` makes `draining` happen."""

    def __init__(
        self,
        engine: Engine,
        *,
        bounds: Bounds | None = None,
        origins: Origins | None = None,
        page: ASGIApp | None = None,
        routes: Mapping[str, ASGIApp] | None = None,
        lifespan: Lifespan = nullcontext,
        path: str = "/graphql",
    ) -> None:
        self.draining = Signal()
        bounds = bounds or Bounds()
        origins = origins or Origins()
        self._lifespan = lifespan
        self._path = path
        self._routes = dict(routes or {})
        self._patience = bounds.drain_seconds
        self._sockets: set[asyncio.Task[Any] | None] = set()
        self._http = HttpEndpoint(engine, bounds, origins, self.draining, page)
        self._socket = SocketEndpoint(engine, bounds, origins, self.draining)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            app = self._http if scope["path"] == self._path else self._route(scope["path"])
            await app(scope, receive, send)
        elif kind == "websocket":
            await self._connect(scope, receive, send)
        else:
            await self._live(receive, send)

    @property
    def sockets(self) -> int:
        return len(self._sockets)

    async def drain(self) -> None:
        """Before stopping: end streams and sockets in peace, after what they are about; clients come back elsewhere."""
        self.draining.fire()
        sockets = [task for task in self._sockets if task]
        if sockets:
            await asyncio.wait(sockets, timeout=self._patience + 1)

    def _route(self, path: str) -> ASGIApp:
        app = self._routes.get(path)
        if app:
            return app
        prefixes = [prefix for prefix in self._routes if prefix.endswith("/") and path.startswith(prefix)]
        if not prefixes:
            return not_found
        return self._routes[max(prefixes, key=len)]

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != self._path or self.draining.happened:
            await receive()
            await send({"type": "websocket.close"})
            return
        task = asyncio.current_task()
        self._sockets.add(task)
        try:
            await self._socket(scope, receive, send)
        finally:
            self._sockets.discard(task)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Raises what the start raises: the server then refuses to run."""
        await receive()
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._lifespan())
            except CannotStart as refusal:
                await send({"type": "lifespan.startup.failed", "message": str(refusal)})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
    headers = Headers(scope["headers"])
    request_id = headers.request_id()
    extensions = {"code": "NOT_FOUND", "requestId": request_id}
    error = {"message": "没有这个地址 / There is nothing at this address.", "extensions": extensions}
    kind = (b"content-type", b"application/json; charset=utf-8")
    answer = [kind, NO_STORE, NO_SNIFF, (b"x-request-id", request_id.encode())]
    await respond_early(send, 404, encode({"errors": [error]}), answer, Body(headers, receive, Deadlines(1)))
