"""Plain routes of files that lie on this server's own disk: reading by a signed address, sending in by a ticket."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.responses import FileResponse

from domain.errors import DomainError, Forbidden, NotFound, PayloadTooLarge
from domain.files.keys import mime_of
from domain.files.ports import Grant, LocalObjects, Scratch
from transport.asgi import NO_SNIFF, NO_STORE, Receive, Scope, Send
from transport.body import Body, Disconnected, Turned, respond_early
from transport.deadlines import Deadlines
from transport.encoding import encode
from transport.headers import Headers
from transport.multipart import Form, read_form
from transport.ports import Refused

Where = Callable[[], LocalObjects | None]
STATUSES = {"NOT_FOUND": 404, "FORBIDDEN": 403, "PAYLOAD_TOO_LARGE": 413, "UPSTREAM_UNAVAILABLE": 503}
TICKET_FIELDS = frozenset(("key", "Content-Type", "max_bytes", "expires", "signature"))
SECONDS = 600.0
STALL_SECONDS = 30.0
# A file that is opened by itself may run nothing and load nothing.
HEADERS = {
    "cache-control": "private, max-age=3600",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class LocalFiles:
    """`/files/<key>?expires=…&signature=…`. Nothing is found while files are kept elsewhere."""

    def __init__(self, where: Where, prefix: str) -> None:
        self._where = where
        self._prefix = prefix
        self._deadlines = Deadlines(STALL_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = self._found(scope)
        except DomainError as error:
            headers = Headers(scope["headers"])
            await refuse(send, headers, Body(headers, receive, self._deadlines), error)
            return
        await response(scope, receive, send)

    def _found(self, scope: Scope) -> FileResponse:
        store = self._where()
        if store is None or scope["method"] not in ("GET", "HEAD"):
            raise NotFound()
        key = scope["path"].removeprefix(self._prefix)
        given = parse_qs(scope["query_string"].decode("latin-1"))
        expires, signature = (given.get(name, [""])[0] for name in ("expires", "signature"))
        return FileResponse(store.opened(key, expires, signature), headers=HEADERS, media_type=mime_of(key))


@dataclass(slots=True)
class TicketForm(Form):
    """Takes one file, and only after fields that the store has signed."""

    store: LocalObjects | None = None
    grant: Grant | None = None

    def open(self, part: str, options: dict[bytes, bytes]) -> None:
        if part != "file" or self.store is None:
            raise Forbidden()
        self.grant = self.store.granted({name: value.decode("utf-8", "replace") for name, value in self.fields.items()})
        Form.open(self, part, options)

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        Form.on_part_data(self, data, start, end)
        if self.grant is not None and self.files["file"].size > self.grant.max_bytes:
            raise PayloadTooLarge("文件比申请的大", "The file is larger than its ticket allows.")


class LocalUploads:
    """`POST /files` with the form of a ticket. `most_bytes`: of any file."""

    def __init__(self, where: Where, scratch: Scratch, most_bytes: int) -> None:
        self._where = where
        self._scratch = scratch
        self._most_bytes = most_bytes
        self._deadlines = Deadlines(STALL_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope["headers"])
        body = Body(headers, receive, self._deadlines)
        form = TicketForm(4096, 1, 1 << 19, TICKET_FIELDS, store=self._where())
        try:
            await self._take(scope["method"], headers, body, form)
        except (DomainError, Refused) as error:
            await refuse(send, headers, body, error)
        except Disconnected:
            return
        else:
            await respond_early(send, 204, b"", [NO_SNIFF], body)
        finally:
            form.close()

    async def _take(self, method: str, headers: Headers, body: Body, form: TicketForm) -> None:
        if form.store is None or method != "POST":
            raise NotFound()
        most = self._most_bytes + form.field_limit * len(TICKET_FIELDS)
        body.check_length(most)
        await read_form(headers.get("content-type", ""), body.pieces(most, SECONDS), form)
        if form.grant is None or not form.files["file"].size:
            raise Forbidden()
        async with self._scratch.folder() as folder:
            await self._scratch.copy(form.files["file"].file, folder / "file")
            await form.store.put(form.grant.key, folder / "file", form.grant.mime)


async def refuse(send: Send, headers: Headers, body: Body, error: DomainError | Refused) -> None:
    """In the form that GraphQL clients know, both languages in one: phones show it in their logs only."""
    request_id = headers.request_id()
    code, zh, en = _words(error)
    shown = {"message": f"{zh} / {en}", "extensions": {"code": code, "requestId": request_id}}
    about = [(b"content-type", b"application/json; charset=utf-8"), (b"x-request-id", request_id.encode())]
    status = error.status if isinstance(error, Turned) else STATUSES.get(code, 400)
    await respond_early(send, status, encode({"errors": [shown]}), [*about, NO_STORE, NO_SNIFF], body)


def _words(error: DomainError | Refused) -> tuple[str, str, str]:
    if isinstance(error, DomainError):
        return error.code.value, error.zh, error.en
    return error.code, error.words["zh"], error.words["en"]
