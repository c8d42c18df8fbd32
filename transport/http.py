"""GraphQL over HTTP, after https://graphql.github.io/graphql-over-http/draft/ (GET, POST, statuses, media types)."""

from typing import NamedTuple

from transport.asgi import (
    NO_SNIFF,
    NO_STORE,
    ASGIApp,
    Bounds,
    Header,
    Receive,
    Scope,
    Send,
    client_of,
    respond,
)
from transport.body import Body, Disconnected, Turned, as_turned, respond_early
from transport.documents import Plan
from transport.engine import Caller, Engine, failed
from transport.errors import Failure
from transport.headers import Headers
from transport.lease import Signal
from transport.multipart import Form, form_request
from transport.negotiation import JSON, RESPONSE_JSON, Accepted, accepted, content_type, language
from transport.origins import PREFLIGHT, Origins
from transport.ports import Connection, Context, Refused
from transport.requests import Request, read_json, read_parameters, read_request
from transport.sse import EventStreams

ALLOW: Header = (b"allow", b"GET, POST, OPTIONS")
CONTENT_TYPES = {media: (b"content-type", f"{media}; charset=utf-8".encode()) for media in (JSON, RESPONSE_JSON)}
ALWAYS_AS_STATUS = {"RATE_LIMITED", "INTERNAL_SERVER_ERROR"}
FORM = "multipart/form-data"
PROOFS = (
    "authorization",
    "x-requested-with",
    "apollo-require-preflight",
    "graphql-preflight",
    "graphql-require-preflight",
)
UNPROVEN = (
    "表单请求需要 Authorization 或 X-Requested-With 头",
    "Forms need an Authorization or X-Requested-With header, which no foreign page can send unasked.",
)
UTF8 = {"", "utf-8", "utf8"}


class Exchange(NamedTuple):
    """One HTTP request on its way."""

    scope: Scope
    receive: Receive
    send: Send
    headers: Headers
    body: Body
    request_id: str
    language: str
    accepted: Accepted


class HttpEndpoint:
    """`page` is shown to browsers that ask for HTML."""

    def __init__(
        self, engine: Engine, bounds: Bounds, origins: Origins, draining: Signal, page: ASGIApp | None = None
    ) -> None:
        self._streams = EventStreams(engine, bounds, draining)
        self._engine = engine
        self._bounds = bounds
        self._origins = origins
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope["headers"])
        exchange = Exchange(
            scope,
            receive,
            send,
            headers,
            Body(headers, receive),
            headers.request_id(),
            language(headers.text(b"accept-language")),
            accepted(headers.text(b"accept")),
        )
        try:
            await self._serve(exchange)
        except Disconnected:
            return
        except Exception as error:
            await self._refuse(exchange, error)

    async def _serve(self, exchange: Exchange) -> None:
        method = exchange.scope["method"]
        if method == "OPTIONS":
            await self._preflight(exchange)
        elif (
            method == "GET"
            and exchange.accepted.html
            and self._page
            and b"query=" not in exchange.scope["query_string"]
        ):
            await self._page(exchange.scope, exchange.receive, exchange.send)
        elif method in ("GET", "POST"):
            await self._operate(exchange)
        else:
            raise Turned(405, "BAD_REQUEST", "只支持 GET 和 POST", "Only GET and POST are supported.", (ALLOW,))

    async def _preflight(self, exchange: Exchange) -> None:
        granted = self._origins.response_headers(exchange.headers)
        await respond(exchange.send, 204, b"", [*granted, *(PREFLIGHT if granted else [ALLOW])])

    async def _operate(self, exchange: Exchange) -> None:
        if not exchange.accepted.media and not exchange.accepted.streams:
            raise not_acceptable(
                "Accept 里没有可用的类型", f"Accept one of {RESPONSE_JSON}, {JSON}, text/event-stream."
            )
        posted_form = exchange.scope["method"] == "POST" and is_form(exchange.headers)
        if not posted_form:
            exchange.body.check_length(self._bounds.json_bytes)
        context = await self._engine.ports.open(self._connection(exchange))
        if posted_form:
            await self._answer_form(exchange, context)
        else:
            await self._answer(exchange, context, await self._request(exchange))

    async def _request(self, exchange: Exchange) -> Request:
        """Raises Turned (400) when the request is malformed."""
        bounds = self._bounds
        try:
            if exchange.scope["method"] == "GET":
                return read_parameters(exchange.scope["query_string"])
            return read_request(read_json(await exchange.body.read(bounds.json_bytes, bounds.body_seconds)))
        except Refused as refused:
            raise as_turned(refused) from None

    async def _answer_form(self, exchange: Exchange, context: Context) -> None:
        bounds, limit = self._bounds, context.upload_limit
        if not limit:
            raise Refused("UNAUTHENTICATED", "请先登录再上传文件", "Sign in before you upload files.")
        exchange.body.check_length(limit)
        form = Form(bounds.form_bytes, bounds.upload_files, bounds.memory_bytes)
        try:
            body = exchange.body.chunks(limit, bounds.upload_seconds, bounds.body_seconds)
            request = await form_request(exchange.headers["content-type"], body, form)
            await self._answer(exchange, context, request)
        finally:
            form.close()

    async def _answer(self, exchange: Exchange, context: Context, request: Request) -> None:
        caller = Caller(context, exchange.language, exchange.request_id)
        job = await self._engine.admit(request, caller, lambda plan: check_method(plan, exchange))
        if job.plan.kind == "subscription" or not exchange.accepted.media:
            head = self._headers(exchange, (b"content-type", b"text/event-stream; charset=utf-8"))
            await self._streams.serve(job, exchange.receive, exchange.send, head)
            return
        answer = await self._engine.answer(job)
        await self._respond(exchange, answer.body, answer.failure)

    def _connection(self, exchange: Exchange) -> Connection:
        headers = exchange.headers
        return Connection(
            headers,
            client_of(exchange.scope),
            headers.text(b"authorization"),
            exchange.language,
            exchange.request_id,
            False,
        )

    async def _refuse(self, exchange: Exchange, error: Exception) -> None:
        failure = self._engine.describer(exchange.language, exchange.request_id).failure(error)
        if not isinstance(error, Turned):
            await self._respond(exchange, failed(failure), failure)
            return
        headers = self._json_headers(exchange, error.headers)
        await respond_early(exchange.send, error.status, failed(failure), headers, exchange.body)

    async def _respond(self, exchange: Exchange, body: bytes, failure: Failure | None) -> None:
        headers = self._json_headers(exchange, retry_after(failure))
        status = status_of(exchange.accepted.media, failure)
        await respond_early(exchange.send, status, body, headers, exchange.body)

    def _json_headers(self, exchange: Exchange, more: tuple[Header, ...]) -> list[Header]:
        return [*self._headers(exchange, CONTENT_TYPES[exchange.accepted.media or JSON]), *more]

    def _headers(self, exchange: Exchange, content_type: Header) -> list[Header]:
        request_id = (b"x-request-id", exchange.request_id.encode())
        return [content_type, NO_STORE, NO_SNIFF, request_id, *self._origins.response_headers(exchange.headers)]


def is_form(headers: Headers) -> bool:
    """Whether the body is a multipart form, else it is plain JSON in UTF-8; raises Turned (415, 403)."""
    media, charset = content_type(headers.text(b"content-type"))
    if (headers.text(b"content-encoding") or "identity").lower() != "identity":
        raise Turned(415, "BAD_REQUEST", "不支持压缩的请求体", "Compressed bodies are not supported.")
    if media == FORM and not any(name in headers for name in PROOFS):
        raise Turned(403, "FORBIDDEN", *UNPROVEN)
    if media != FORM and (media != JSON or charset not in UTF8):
        raise Turned(415, "BAD_REQUEST", f"Content-Type 必须是 {JSON}（UTF-8）", f"Content-Type must be {JSON}, UTF-8.")
    return media == FORM


def check_method(plan: Plan, exchange: Exchange) -> None:
    """Raises Turned: GET is for queries and streams, subscriptions need a stream."""
    if plan.kind == "mutation" and exchange.scope["method"] == "GET":
        raise Turned(405, "BAD_REQUEST", "GET 只能用于查询", "GET is for queries only.", ((b"allow", b"POST"),))
    if plan.kind == "subscription" and not exchange.accepted.streams:
        raise not_acceptable(
            "订阅请用 WebSocket，或在 Accept 中加入 text/event-stream",
            "Subscriptions need a WebSocket, or text/event-stream in Accept.",
        )


def not_acceptable(zh: str, en: str) -> Turned:
    return Turned(406, "BAD_REQUEST", zh, en)


def status_of(media: str | None, failure: Failure | None) -> int:
    """200 for application/json, whatever the GraphQL answer says, unless retrying is a matter for HTTP too."""
    if failure is None or (media == JSON and failure.code not in ALWAYS_AS_STATUS):
        return 200
    return failure.status


def retry_after(failure: Failure | None) -> tuple[Header, ...]:
    if failure is None or failure.retry_after_ms is None:
        return ()
    return ((b"retry-after", b"%d" % max(1, -(-failure.retry_after_ms // 1000))),)
