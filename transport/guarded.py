"""A plain route for machines: behind a bearer token, or open to this machine alone."""

import hmac
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from transport.app import not_found
from transport.asgi import ASGIApp, Header, Receive, Scope, Send, client_of, respond_json
from transport.headers import Headers

ASK: Header = (b"www-authenticate", b"Bearer")


class Guarded:
    """`token`: what has to be shown; without one the route is there only when `open_here`, for callers of this machine.

    `refresh` is awaited before each answer.
    """

    def __init__(
        self, app: ASGIApp, refresh: Callable[[], Awaitable[None]], *, token: str | None, open_here: bool
    ) -> None:
        self._app = app
        self._refresh = refresh
        self._token = token
        self._open_here = open_here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET" or not (self._token or (self._open_here and is_here(client_of(scope)))):
            await not_found(scope, receive, send)
        elif self._token and not shows(self._token, Headers(scope["headers"])):
            await respond_json(send, 401, {"errors": [{"message": "Show the token of this route."}]}, [ASK])
        else:
            await self._refresh()
            await self._app(scope, receive, send)


def shows(token: str, headers: Headers) -> bool:
    given = headers.text(b"authorization") or ""
    return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def is_here(client: str) -> bool:
    try:
        return ip_address(client).is_loopback
    except ValueError:
        return False
