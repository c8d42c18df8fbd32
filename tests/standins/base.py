"""A stand-in vendor: a real HTTP server on loopback, in a thread of its own, that remembers what it was asked."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import ClassVar, Self

from tests.standins.http import Exchange, Request, WatchedReader, read_request


class StandIn:
    """Subclass it with `handle`; then `with FastGPT() as vendor:`, or `start` and `stop` by hand.

    `errors`: what went wrong in the stand-in itself; leaving the block raises the first of them.
    """

    name: ClassVar[str] = "stand-in"

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.requests: list[Request] = []
        self.errors: list[BaseException] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle(self, request: Request, exchange: Exchange) -> None:
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self.errors:
            raise self.errors[0]

    def start(self) -> None:
        self._thread.start()
        self.listen()

    def stop(self) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def listen(self) -> None:
        """Accept connections, after `refuse` at the same port again."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def refuse(self) -> None:
        """Nobody listens any more, and open connections break."""
        asyncio.run_coroutine_threadsafe(self._break_off(), self._loop).result()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            self._connection, "127.0.0.1", self.port, reuse_address=True, backlog=4096
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _break_off(self) -> None:
        await self._stop_listening()
        for writer in list(self._connections):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _stop_listening(self) -> None:
        """asyncio leaks a connection whose server is closed between its two steps of accepting: let it finish."""
        if self._server is None:
            return
        for listener in self._server.sockets:
            self._loop.remove_reader(listener.fileno())
        await asyncio.sleep(0.01)
        self._server.close()
        self._server = None

    def _connection(self) -> asyncio.StreamReaderProtocol:
        reader = WatchedReader()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # Here and not in the task, which may be cancelled before its first step.
            self._connections.add(writer)
            task = self._loop.create_task(self._converse(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return asyncio.StreamReaderProtocol(reader, connected)

    async def _converse(self, reader: WatchedReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await read_request(reader, writer)) and await self._exchange(request, reader, writer):
                pass
        except Exception as error:
            self.errors.append(error)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            self._connections.discard(writer)

    async def _exchange(self, request: Request, reader: WatchedReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may carry another request."""
        self.requests.append(request)
        exchange = Exchange(writer, request)
        answer = self._loop.create_task(self.handle(request, exchange))
        hung_up = self._loop.create_task(reader.ended.wait())
        await asyncio.wait({answer, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        hung_up.cancel()
        if not answer.done():
            answer.cancel()
        (outcome,) = await asyncio.gather(answer, return_exceptions=True)
        if isinstance(outcome, asyncio.CancelledError | ConnectionError):
            request.gone.set()
            writer.transport.abort()
            return False
        if outcome is not None:
            raise outcome
        return exchange.kept_alive


def paced(per_second: float) -> Callable[[int], float]:
    """How long to wait before the n-th piece (from 0) so that the pace holds over the whole answer."""
    began = time.monotonic()
    return lambda count: max(0.0, began + count / per_second - time.monotonic()) if per_second else 0.0
