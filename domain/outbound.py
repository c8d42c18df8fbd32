"""What the house says to vendors, as values: a `Call` goes out, a `Response` or an `Answer` comes back."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

import orjson


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One HTTP request. Its repr shows neither query, headers nor body: keys and patients' words are in them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Call({self.method} {self.url.partition('?')[0]})"


def json_call(url: str, payload: object, headers: Mapping[str, str] | None = None) -> Call:
    """A POST of JSON in raw UTF-8 (WeChat refuses `\\uXXXX`)."""
    body = bytes(memoryview(orjson.dumps(payload)))  # a copy: orjson's own takes up to ten times the room, for minutes
    return Call("POST", url, {"Content-Type": "application/json", **(headers or {})}, body)


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer; header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Raises ValueError when the body is not JSON, whatever its content type says."""
        return orjson.loads(self.body)


class Answer(Protocol):
    """An answer that is still coming; `chunks` are the bytes as the network cut them."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def chunks(self) -> AsyncIterator[bytes]: ...


class Trouble(Enum):
    REFUSED = "REFUSED"
    """No connection came to be, so the other side never saw the call: repeating it is safe."""
    TIMEOUT = "TIMEOUT"
    CUT = "CUT"
    TOO_LARGE = "TOO_LARGE"
    BAD_ADDRESS = "BAD_ADDRESS"


class OutboundError(Exception):
    """The wire failed before the answer was whole. Its text names host and cause, never a key or a body."""

    def __init__(self, trouble: Trouble, text: str) -> None:
        super().__init__(text)
        self.trouble = trouble


class Outbound(Protocol):
    """The one way out; `persistence.wire.Wire` is it. Both raise OutboundError."""

    async def send(self, call: Call, *, timeout_s: float = 10.0, max_bytes: int = 1 << 20) -> Response: ...

    def stream(self, call: Call, *, idle_s: float = 15.0) -> AbstractAsyncContextManager[Answer]:
        """`idle_s`: the longest silence, before the headers and between two chunks."""
        ...
