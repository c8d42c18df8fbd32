"""Which web pages may call: CORS answers, and the origins of sockets. Callers that are no web page send no Origin."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from transport.asgi import Header
from transport.headers import Headers

PREFLIGHT: list[Header] = [
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"authorization, content-type, accept-language, x-request-id, x-requested-with, apollo-require-preflight",
    ),
    (b"access-control-max-age", b"7200"),
]


class Origins:
    """`allowed`: origins such as `https://app.example`, with `*` as a wildcard (`http://127.0.0.1:*`, `*`)."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = tuple(origin.lower().rstrip("/") for origin in allowed)

    def admits(self, headers: Headers) -> bool:
        origin = headers.text(b"origin")
        return origin is None or self._same(origin, headers) or self._listed(origin)

    def response_headers(self, headers: Headers) -> list[Header]:
        """What lets the page read the answer; nothing for a foreign page."""
        origin = headers.text(b"origin")
        if origin is None or not self.admits(headers):
            return []
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", b"x-request-id, retry-after"),
            (b"vary", b"origin"),
        ]

    def _same(self, origin: str, headers: Headers) -> bool:
        host = headers.text(b"host")
        return bool(host) and urlsplit(origin).netloc == host

    def _listed(self, origin: str) -> bool:
        return any(fnmatchcase(origin.lower(), pattern) for pattern in self._allowed)
