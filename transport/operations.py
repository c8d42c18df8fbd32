"""The operations that run on one socket, each a task under the id its client chose."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from transport.asgi import Bounds
from transport.encoding import encode
from transport.engine import Caller, Engine, Halted, Job
from transport.errors import Failure
from transport.ports import Context, Refused
from transport.requests import Request

Post = Callable[[str], Awaitable[None]]


class Channel:
    """Frames of one operation. A muted channel drops what its operation still says."""

    __slots__ = ("_head", "_post", "_tail", "kind", "muted", "task")

    def __init__(self, identifier: str, post: Post) -> None:
        self._head = f'{{"id":{encode(identifier).decode()},"type":"'
        self._post = post
        self.kind = "query"
        self.muted = False
        self.task: asyncio.Task[None] | None = None

    async def next(self, payload: str) -> None:
        await self._frame(f'{self._head}next","payload":{payload}}}')

    async def error(self, failure: Failure) -> None:
        await self._frame(f'{self._head}error","payload":{encode(failure.errors).decode()}}}')

    async def complete(self) -> None:
        await self._frame(f'{self._head}complete"}}')

    async def _frame(self, text: str) -> None:
        if not self.muted:
            await self._post(text)

    def leave(self) -> None:
        """The client listens no longer. A mutation runs on: what it does must not depend on a phone's network."""
        self.muted = True
        if self.task and self.kind != "mutation":
            self.task.cancel()


class Operations:
    """`refused` when one was rate limited since somebody last set it back."""

    def __init__(self, engine: Engine, context: Context, language: str, request_id: str, bounds: Bounds) -> None:
        self._engine = engine
        self._context = context
        self._language = language
        self._request_id = request_id
        self._bounds = bounds
        self._count = 0
        self.refused = False
        self._live: dict[str, Channel] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._live

    def start(self, identifier: str, request: Request, post: Post) -> None:
        channel = Channel(identifier, post)
        task = asyncio.create_task(self._run(identifier, channel, request))
        channel.task = task
        self._live[identifier] = channel
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def leave(self, identifier: str) -> None:
        channel = self._live.pop(identifier, None)
        if channel:
            channel.leave()

    def leave_all(self) -> None:
        for identifier in list(self._live):
            self.leave(identifier)

    async def settle(self, patience: float) -> None:
        """End the subscriptions, give the rest `patience` seconds to answer."""
        for identifier, channel in list(self._live.items()):
            if channel.kind == "subscription":
                self.leave(identifier)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)

    async def finish(self) -> None:
        """Wait for what runs on although nobody listens: mutations, and the cleaning up of the rest."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, identifier: str, channel: Channel, request: Request) -> None:
        self._count += 1
        caller = Caller(self._context, self._language, f"{self._request_id}.{self._count}")
        try:
            failure = await self._execute(channel, request, caller)
        except OSError:
            return  # the client left in the middle of a frame; the reader knows
        except Exception as error:
            failure = self._engine.failure(error, caller)
            self.refused = self.refused or failure.code == "RATE_LIMITED"
        finally:
            if self._live.get(identifier) is channel:
                del self._live[identifier]
        await self._finish(channel, failure)

    async def _execute(self, channel: Channel, request: Request, caller: Caller) -> Failure | None:
        """Returns what to say as an error in the end; None: say complete."""
        if len(self._live) > self._bounds.operations:
            raise Refused("RATE_LIMITED", "同时进行的操作太多", "Too many operations run on this socket.")
        job = await self._engine.admit(request, caller)
        channel.kind = job.plan.kind
        if channel.kind == "subscription":
            return await self._stream(channel, job)
        answer = await self._engine.answer(job)
        if not answer.failure:
            await channel.next(answer.body.decode())
        return answer.failure

    async def _stream(self, channel: Channel, job: Job) -> Failure | None:
        try:
            async with aclosing(self._engine.stream(job)) as payloads:
                async for payload in payloads:
                    await channel.next(payload)
        except Halted as halted:
            return halted.failure
        return None

    async def _finish(self, channel: Channel, failure: Failure | None) -> None:
        try:
            if failure:
                await channel.error(failure)
            else:
                await channel.complete()
        except OSError:
            return
