"""The little of ASGI that the endpoints share."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from transport.encoding import encode

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

CLOSE: Header = (b"connection", b"close")
NO_STORE: Header = (b"cache-control", b"no-store")
NO_SNIFF: Header = (b"x-content-type-options", b"nosniff")


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Limits on what a connection may send and hold: bytes, seconds, counts. `sockets`: of one payer at once.

    `idle_seconds` is longer than proxies and phones keep their connections: who sends while the other closes has lost a
    request. `penalty_seconds` is how much later those are answered who ask too fast or break the protocol, so that
    twenty of them do not keep a server busy.
    """

    head_bytes: int = 65_536
    head_seconds: float = 15.0
    json_bytes: int = 1_048_576
    body_seconds: float = 30.0
    upload_seconds: float = 600.0
    form_bytes: int = 262_144
    upload_files: int = 10
    memory_bytes: int = 524_288
    sockets: int = 20
    socket_bytes: int = 65_536
    init_seconds: float = 10.0
    operations: int = 50
    operation_id_characters: int = 128
    send_seconds: float = 30.0
    idle_seconds: float = 75.0
    keepalive_seconds: float = 12.0
    drain_seconds: float = 5.0
    penalty_seconds: float = 0.05


def client_of(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


async def respond(send: Send, status: int, body: bytes, headers: Iterable[Header] = ()) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def respond_json(send: Send, status: int, value: object, headers: Iterable[Header] = ()) -> None:
    kind = (b"content-type", b"application/json; charset=utf-8")
    await respond(send, status, encode(value), [kind, NO_STORE, NO_SNIFF, *headers])
