"""One HTTP request on its way to its answer."""

from transport.asgi import NO_SNIFF, NO_STORE, Header, Receive, Scope, Send, client_of
from transport.body import Body, respond_early
from transport.deadlines import Deadlines
from transport.headers import Headers
from transport.negotiation import JSON, RESPONSE_JSON, accepted, language
from transport.origins import Origins
from transport.ports import Connection

CONTENT_TYPES = {media: (b"content-type", f"{media}; charset=utf-8".encode()) for media in (JSON, RESPONSE_JSON)}


class Exchange:
    __slots__ = (
        "_origins",
        "accepted",
        "body",
        "headers",
        "language",
        "method",
        "receive",
        "request_id",
        "scope",
        "send",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, origins: Origins, deadlines: Deadlines) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.method: str = scope["method"]
        self.headers = headers = Headers(scope["headers"])
        self.body = Body(headers, receive, deadlines)
        self.request_id = headers.request_id()
        self.language = language(headers.raw(b"accept-language"))
        self.accepted = accepted(headers.raw(b"accept"))
        self._origins = origins

    def connection(self) -> Connection:
        headers = self.headers
        authorization = headers.text(b"authorization")
        return Connection(headers, client_of(self.scope), authorization, self.language, self.request_id, False)

    async def answer(self, status: int, body: bytes, more: tuple[Header, ...] = ()) -> None:
        """Send JSON of the media type that was asked for."""
        head = self.head(CONTENT_TYPES[self.accepted.media or JSON])
        head += more
        await respond_early(self.send, status, body, head, self.body)

    def head(self, content_type: Header) -> list[Header]:
        head = [content_type, NO_STORE, NO_SNIFF, (b"x-request-id", self.request_id.encode())]
        if self.headers.raw(b"origin") is not None:
            head += self._origins.response_headers(self.headers)
        return head
