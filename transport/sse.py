"""GraphQL over server-sent events, distinct connections mode (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Literal

from transport.asgi import Bounds, Header, Receive, Send
from transport.deadlines import Deadlines
from transport.engine import Engine, Halted, Job, failed
from transport.lease import End, Guard, Signal
from transport.ports import Refused

COMPLETE = b"event: complete\ndata:\n\n"
KEEPALIVE = b":\n\n"
ENDED: dict[End, Refused] = {
    "revoked": Refused("UNAUTHENTICATED", "登录已失效，请重新登录", "You were signed out."),
    "expired": Refused("UNAUTHENTICATED", "登录已过期，请刷新后重试", "The access token expired."),
}
Outcome = End | Literal["complete", "gone"]


class EventStreams:
    """Streams end with their operation, their client, its credentials or the server."""

    def __init__(self, engine: Engine, bounds: Bounds, draining: Signal) -> None:
        self._engine = engine
        self._bounds = bounds
        self._draining = draining
        self._sending = Deadlines(bounds.send_seconds)

    async def serve(self, job: Job, receive: Receive, send: Send, headers: list[Header]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        guard = Guard(self._draining, lambda end: settle(outcome, end))
        guard.hold(job.caller.context.lease)
        tasks = [
            asyncio.create_task(self._pump(job, send, outcome)),
            asyncio.create_task(await_disconnect(receive, outcome)),
        ]
        try:
            await self._keep_alive(send, outcome)
        finally:
            guard.stop()
            await cancel(tasks)
        await self._close(job, send, outcome.result())

    async def _keep_alive(self, send: Send, outcome: asyncio.Future[Outcome]) -> None:
        while not (await asyncio.wait((outcome,), timeout=self._bounds.keepalive_seconds))[0]:
            await self._sending.wait(send_chunk(send, KEEPALIVE))

    async def _close(self, job: Job, send: Send, outcome: Outcome) -> None:
        if outcome == "gone":
            return
        if outcome in ENDED:
            failure = self._engine.failure(ENDED[outcome], job.caller, job.operation)
            await send_chunk(send, next_event(failed(failure)))
        await send({"type": "http.response.body", "body": COMPLETE if outcome != "draining" else b""})

    async def _pump(self, job: Job, send: Send, outcome: asyncio.Future[Outcome]) -> None:
        try:
            async with aclosing(self._payloads(job)) as payloads:
                async for payload in payloads:
                    await self._sending.wait(send_chunk(send, next_event(payload)))
            settle(outcome, "complete")
        except OSError:  # TimeoutError is one: the client does not read
            settle(outcome, "gone")

    async def _payloads(self, job: Job) -> AsyncGenerator[bytes, None]:
        if job.plan.kind != "subscription":
            yield (await self._engine.answer(job)).body
            return
        try:
            async with aclosing(self._engine.stream(job)) as payloads:
                async for payload in payloads:
                    yield payload.encode()
        except Halted as halted:
            yield failed(halted.failure)


def settle(outcome: asyncio.Future[Outcome], value: Outcome) -> None:
    if not outcome.done():
        outcome.set_result(value)


async def await_disconnect(receive: Receive, outcome: asyncio.Future[Outcome]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    settle(outcome, "gone")


async def cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


def next_event(payload: bytes) -> bytes:
    return b"event: next\ndata: %b\n\n" % payload


async def send_chunk(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
