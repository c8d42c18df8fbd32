"""GraphQL over HTTP, after https://graphql.github.io/graphql-over-http/draft/ (GET, POST, statuses, media types)."""

import asyncio
from http import HTTPStatus

from transport.asgi import ASGIApp, Bounds, Header, Receive, Scope, Send, respond
from transport.body import Disconnected, Turned, as_turned
from transport.deadlines import Deadlines
from transport.documents import Plan
from transport.engine import Caller, Engine, failed
from transport.errors import Failure
from transport.exchange import Exchange
from transport.headers import Headers
from transport.lease import Signal
from transport.multipart import Form, form_request
from transport.negotiation import JSON, RESPONSE_JSON, content_type
from transport.origins import PREFLIGHT, Origins
from transport.ports import Context, Refused
from transport.requests import Request, read_json, read_parameters, read_request
from transport.sse import EventStreams

ALLOW: Header = (b"allow", b"GET, POST, OPTIONS")
EVENT_STREAM: Header = (b"content-type", b"text/event-stream; charset=utf-8")
UNBUFFERED: Header = (b"x-accel-buffering", b"no")  # nginx would hold events back
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
        self._deadlines = Deadlines(bounds.body_seconds)
        self._methods = {"POST": self._post, "GET": self._get, "OPTIONS": self._preflight}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send, self._origins, self._deadlines)
        try:
            await self._methods.get(exchange.method, refuse_method)(exchange)
        except Disconnected:
            return
        except Exception as error:
            await self._refuse(exchange, error)

    async def _post(self, exchange: Exchange) -> None:
        check_accept(exchange)
        if is_form(exchange.headers):
            await self._post_form(exchange)
            return
        limit = self._bounds.json_bytes
        exchange.body.check_length(limit)
        context = await self._engine.ports.open(exchange.connection())
        body = await exchange.body.read(limit, self._bounds.body_seconds)
        try:
            request = read_request(read_json(body))
        except Refused as refused:
            raise as_turned(refused) from None
        await self._answer(exchange, context, request)

    async def _post_form(self, exchange: Exchange) -> None:
        context = await self._engine.ports.open(exchange.connection())
        bounds, limit = self._bounds, context.upload_limit
        if not limit:
            raise Refused("UNAUTHENTICATED", "请先登录再上传文件", "Sign in before you upload files.")
        exchange.body.check_length(limit)
        form = Form(bounds.form_bytes, bounds.upload_files, bounds.memory_bytes)
        try:
            body = exchange.body.pieces(limit, bounds.upload_seconds)
            request = await form_request(exchange.headers["content-type"], body, form)
            await self._answer(exchange, context, request)
        finally:
            form.close()

    async def _get(self, exchange: Exchange) -> None:
        query_string = exchange.scope["query_string"]
        if exchange.accepted.html and self._page and b"query=" not in query_string:
            await self._page(exchange.scope, exchange.receive, exchange.send)
            return
        check_accept(exchange)
        context = await self._engine.ports.open(exchange.connection())
        try:
            request = read_parameters(query_string)
        except Refused as refused:
            raise as_turned(refused) from None
        await self._answer(exchange, context, request)

    async def _preflight(self, exchange: Exchange) -> None:
        granted = self._origins.response_headers(exchange.headers)
        await respond(exchange.send, 204, b"", [*granted, *(PREFLIGHT if granted else [ALLOW])])

    async def _answer(self, exchange: Exchange, context: Context, request: Request) -> None:
        caller = Caller(context, exchange.language, exchange.request_id)
        job = await self._engine.admit(request, caller, lambda plan: check_method(plan, exchange))
        if job.plan.kind == "subscription" or not exchange.accepted.media:
            await self._streams.serve(job, exchange.receive, exchange.send, [*exchange.head(EVENT_STREAM), UNBUFFERED])
            return
        answer = await self._engine.answer(job)
        if answer.failure:
            await self._fail(exchange, answer.failure)
        else:
            await exchange.answer(200, answer.body, retry_after(answer.retry_after_ms))

    async def _refuse(self, exchange: Exchange, error: Exception) -> None:
        failure = self._engine.describer(exchange.language, exchange.request_id).failure(error)
        if isinstance(error, Turned):
            await asyncio.sleep(self._bounds.penalty_seconds)
            await exchange.answer(error.status, failed(failure), error.headers)
        else:
            await self._fail(exchange, failure)

    async def _fail(self, exchange: Exchange, failure: Failure) -> None:
        """200 for application/json, whatever the GraphQL answer says, unless retrying is a matter for HTTP too."""
        if failure.code == "RATE_LIMITED":
            await asyncio.sleep(self._bounds.penalty_seconds)
        as_result = exchange.accepted.media == JSON and failure.code not in ALWAYS_AS_STATUS
        status = 200 if as_result else failure.status
        await exchange.answer(status, failed(failure), hints(status, failure))


async def refuse_method(_exchange: Exchange) -> None:
    raise Turned(405, "BAD_REQUEST", "只支持 GET 和 POST", "Only GET and POST are supported.", (ALLOW,))


def is_form(headers: Headers) -> bool:
    """Whether the body is a multipart form, else it is plain JSON in UTF-8; raises Turned (415, 403)."""
    media, charset = content_type(headers.raw(b"content-type"))
    if headers.raw(b"content-encoding") not in (None, b"identity"):
        raise Turned(415, "BAD_REQUEST", "不支持压缩的请求体", "Compressed bodies are not supported.")
    if media == JSON and charset in UTF8:
        return False
    if media != FORM:
        raise Turned(415, "BAD_REQUEST", f"Content-Type 必须是 {JSON}（UTF-8）", f"Content-Type must be {JSON}, UTF-8.")
    if not any(name in headers for name in PROOFS):
        raise Turned(403, "FORBIDDEN", *UNPROVEN)
    return True


def check_accept(exchange: Exchange) -> None:
    """Raises Turned (406) when nothing that can be sent is accepted."""
    if not exchange.accepted.media and not exchange.accepted.streams:
        raise not_acceptable("Accept 里没有可用的类型", f"Accept one of {RESPONSE_JSON}, {JSON}, text/event-stream.")


def check_method(plan: Plan, exchange: Exchange) -> None:
    """Raises Turned: GET is for queries and streams, subscriptions need a stream."""
    if plan.kind == "mutation" and exchange.method == "GET":
        raise Turned(405, "BAD_REQUEST", "GET 只能用于查询", "GET is for queries only.", ((b"allow", b"POST"),))
    if plan.kind == "subscription" and not exchange.accepted.streams:
        raise not_acceptable(
            "订阅请用 WebSocket，或在 Accept 中加入 text/event-stream",
            "Subscriptions need a WebSocket, or text/event-stream in Accept.",
        )


def not_acceptable(zh: str, en: str) -> Turned:
    return Turned(406, "BAD_REQUEST", zh, en)


def hints(status: int, failure: Failure) -> tuple[Header, ...]:
    """What HTTP says about trying again."""
    if failure.retry_after_ms is not None:
        return retry_after(failure.retry_after_ms)
    return ((b"www-authenticate", b"Bearer"),) if status == HTTPStatus.UNAUTHORIZED else ()


def retry_after(milliseconds: int | None) -> tuple[Header, ...]:
    return ((b"retry-after", b"%d" % max(1, -(-milliseconds // 1000))),) if milliseconds is not None else ()
