"""Two plain answers for load balancers: the process lives, and it may be sent work."""

from collections.abc import Awaitable, Callable

from transport.asgi import Receive, Scope, Send, respond_json


class Alive:
    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await respond_json(send, 200, {"status": "alive"}, [])


class Ready:
    """503 while `ready` says no."""

    def __init__(self, ready: Callable[[], Awaitable[bool]]) -> None:
        self._ready = ready

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        ready = await self._ready()
        await respond_json(send, 200 if ready else 503, {"status": "ready" if ready else "not ready"}, [])
