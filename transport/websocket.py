"""The graphql-transport-ws protocol (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md)."""

import asyncio
from contextlib import ExitStack
from itertools import count
from typing import Any, NamedTuple

from transport.asgi import Bounds, Receive, Scope, Send, client_of
from transport.crowd import Crowd
from transport.deadlines import Deadlines
from transport.engine import Engine
from transport.headers import Headers
from transport.lease import End, Guard, Signal
from transport.messages import Close, Invalid, frame, identifier_of, parse, payload_of
from transport.negotiation import language
from transport.operations import Operations
from transport.origins import Origins
from transport.ports import Connection, Context, Refused
from transport.requests import read_request

PROTOCOL = "graphql-transport-ws"
MESSAGES_IN_A_ROW = 4
TOKEN_KEYS = ("Authorization", "authorization", "token")


LEFT = Close(0, "")
STUCK = Close(0, "")
DRAINING = Close(1012, "Service restart")
ENDS: dict[End, Close] = {
    "revoked": Close(4403, "Signed out"),
    "expired": Close(4403, "Token expired"),
    "draining": DRAINING,
}
REFUSED_CODES = {"UNAUTHENTICATED": 4403, "FORBIDDEN": 4403}
TRY_AGAIN_LATER = 1013


class SocketEndpoint:
    def __init__(self, engine: Engine, bounds: Bounds, origins: Origins, draining: Signal) -> None:
        self._engine = engine
        self._bounds = bounds
        self._origins = origins
        self._draining = draining
        self._sending = Deadlines(bounds.send_seconds)
        self._crowd = Crowd(bounds.sockets)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        headers = Headers(scope["headers"])
        if not self._origins.admits(headers):
            await send({"type": "websocket.close", "code": 1008})  # before accepting: HTTP 403
        elif PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
        else:
            await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
            wire = Wire(receive, send, headers, client_of(scope), self._sending, self._crowd)
            await Socket(self._engine, self._bounds, self._draining, wire).run()


class Wire(NamedTuple):
    receive: Receive
    send: Send
    headers: Headers
    client: str
    sending: Deadlines
    crowd: Crowd


class Socket:
    """One client's socket: a reader, whose operations are tasks of their own, and the end, which many can bring."""

    def __init__(self, engine: Engine, bounds: Bounds, draining: Signal, wire: Wire) -> None:
        self._engine = engine
        self._bounds = bounds
        self._wire = wire
        self._request_id = wire.headers.request_id()
        self._language = language(wire.headers.raw(b"accept-language"))
        self._held = ExitStack()
        self._initialised = False
        self._operations: Operations | None = None
        self._over: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        self._guard = Guard(draining, lambda end: self._end(ENDS[end]))

    async def run(self) -> None:
        with self._held as held:
            held.callback(self._guard.stop)
            held.callback(asyncio.get_running_loop().call_later(self._bounds.init_seconds, self._init_missed).cancel)
            reader = asyncio.create_task(self._read())
            held.callback(reader.cancel)
            close = await self._over
            reader.cancel()
            await self._stop(close)

    async def _stop(self, close: Close) -> None:
        operations = self._operations
        if operations and close is DRAINING:
            await operations.settle(self._bounds.drain_seconds)
        if operations:
            operations.leave_all()
        await self._close(close)
        if operations:
            await operations.finish()

    def _end(self, close: Close) -> None:
        if not self._over.done():
            self._over.set_result(close)

    def _init_missed(self) -> None:
        if self._operations is None:
            self._end(Close(4408, "Connection initialisation timeout"))

    async def _close(self, close: Close) -> None:
        if close.code:
            try:
                message = {"type": "websocket.close", "code": close.code, "reason": close.reason}
                await self._wire.sending.wait(self._wire.send(message))
            except OSError:
                return

    async def _read(self) -> None:
        try:
            for number in count():
                if number % MESSAGES_IN_A_ROW == 0:
                    await asyncio.sleep(0)  # nothing below need wait: let the others have a turn
                message = await self._wire.receive()
                if message["type"] == "websocket.disconnect":
                    self._end(LEFT)
                    return
                await self._handle(parse(message, self._bounds.socket_bytes))
                await self._slow_down()
        except Invalid as invalid:
            await asyncio.sleep(self._bounds.penalty_seconds)
            self._end(invalid.close)
        except OSError:
            self._end(LEFT)
        except Exception as error:
            self._engine.ports.report(error, self._request_id, None)
            self._end(Close(1011, "Internal error"))

    async def _slow_down(self) -> None:
        """Read no further for a moment when the client was told that it is too fast."""
        if self._operations and self._operations.refused:
            self._operations.refused = False
            await asyncio.sleep(self._bounds.penalty_seconds)

    async def _handle(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._init(payload_of(message))
            case "ping":
                await self._pong(payload_of(message))
            case "pong":
                payload_of(message)
            case "subscribe":
                self._subscribe(identifier_of(message, self._bounds.operation_id_characters), message.get("payload"))
            case "complete":
                identifier = identifier_of(message, self._bounds.operation_id_characters)
                if self._operations:
                    self._operations.leave(identifier)
            case _:
                raise Invalid(4400, "Unknown message type")

    async def _init(self, payload: dict[str, Any]) -> None:
        if self._initialised:
            raise Invalid(4429, "Too many initialisation requests")
        self._initialised = True
        context = await self._open(payload)
        self._operations = Operations(self._engine, context, self._language, self._request_id, self._bounds)
        self._held.callback(self._operations.leave_all)
        await self._post(frame("connection_ack", {"requestId": self._request_id}))
        self._guard.hold(context.lease)

    async def _open(self, payload: dict[str, Any]) -> Context:
        authorization = next((payload[key] for key in TOKEN_KEYS if payload.get(key) is not None), None)
        if not isinstance(authorization, str | None):
            raise Invalid(4400, "Authorization is text")
        wire = self._wire
        authorization = authorization or wire.headers.text(b"authorization")
        try:
            context = await self._engine.ports.open(
                Connection(wire.headers, wire.client, authorization, self._language, self._request_id, True)
            )
            self._held.enter_context(wire.crowd.place(context.payer))
        except Exception as error:
            failure = self._engine.describer(self._language, self._request_id).failure(error)
            code = REFUSED_CODES.get(failure.code, TRY_AGAIN_LATER)
            raise Invalid(code, f"{failure.code} {self._request_id}") from None
        return context

    async def _pong(self, payload: dict[str, Any]) -> None:
        await self._post(frame("pong", payload))

    def _subscribe(self, identifier: str, payload: object) -> None:
        if self._operations is None:
            raise Invalid(4401, "Unauthorized")
        if identifier in self._operations:
            raise Invalid(4409, f"Subscriber for {identifier} already exists")
        try:
            request = read_request(payload)
        except Refused as refused:
            raise Invalid(4400, str(refused)) from None
        self._operations.start(identifier, request, self._post)

    async def _post(self, text: str) -> None:
        """Raises OSError when the client left, or reads too slowly."""
        try:
            await self._wire.sending.wait(self._wire.send({"type": "websocket.send", "text": text}))
        except TimeoutError:
            self._end(STUCK)
            raise
