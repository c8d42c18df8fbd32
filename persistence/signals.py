"""Short words between the processes of one installation, by PostgreSQL's LISTEN/NOTIFY: they need no Redis.

A signal is a hint: it can be lost while a connection is down. Whoever listens re-reads the truth on `on_gap`.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, func, select

from persistence.connection import Connection
from persistence.dsn import dsn_of
from persistence.tasks import end

CHANNEL = "wellmate"
MOST_BYTES = 7_000  # PostgreSQL takes payloads below 8,000 bytes
HEARTBEAT = 10.0
PATIENCE = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0

Heard = Callable[[str], None]
Gap = Callable[[], Awaitable[None]]
log = logging.getLogger(__name__)


async def notify(connection: Connection, name: str, payload: str) -> None:
    """Delivered to every process, this one too, when the transaction commits. Raises ValueError for a long payload."""
    word = f"{name}:{payload}"
    if len(word.encode()) > MOST_BYTES:
        raise ValueError(f"a signal has at most {MOST_BYTES} bytes")
    await connection.execute(select(func.pg_notify(CHANNEL, word)))


def told(name: str) -> ColumnElement[Any]:
    """A column that gives the signal, without payload, when its statement is read."""
    return func.pg_notify(CHANNEL, f"{name}:")


class Signals:
    """One listening connection a process, opened again when it breaks; `url` as SQLAlchemy takes it."""

    def __init__(self, url: str) -> None:
        self._dsn = dsn_of(url)
        self._heard: dict[str, list[Heard]] = defaultdict(list)
        self._channels: list[tuple[str, Heard]] = []
        self._gaps: list[Gap] = []
        self._task: asyncio.Task[None] | None = None

    def on(self, name: str, heard: Heard) -> None:
        """`heard` is called with the payload, on the loop: it must not block."""
        self._heard[name].append(heard)

    def on_channel(self, channel: str, heard: Heard) -> None:
        """Somebody else's channel of the same database; `heard` is called with whatever is said there."""
        self._channels.append((channel, heard))

    def on_gap(self, gap: Gap) -> None:
        """`gap` is awaited each time listening begins: earlier signals may have been missed."""
        self._gaps.append(gap)

    async def start(self) -> None:
        """Returns once listening, with every `on_gap` done. Raises what connecting raises, the first time."""
        connection = await self._listen()
        self._task = asyncio.create_task(self._keep_listening(connection), name="signals")

    async def close(self) -> None:
        if self._task is not None:
            await end(self._task)

    async def _listen(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(self._dsn, timeout=PATIENCE)
        try:
            await connection.add_listener(CHANNEL, self._deliver)
            for channel, heard in self._channels:
                await connection.add_listener(channel, _relay(heard))
            for gap in self._gaps:
                await gap()
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _keep_listening(self, connection: asyncpg.Connection) -> None:
        while True:
            try:
                await self._until_broken(connection)
            finally:
                connection.terminate()
            log.warning("the listening connection broke")
            connection = await self._listen_again()

    async def _listen_again(self) -> asyncpg.Connection:
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._listen()
            except Exception as error:
                log.warning("listening failed: %s", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _until_broken(self, connection: asyncpg.Connection) -> None:
        """A connection cut in the middle of the network says nothing: so it is asked now and then."""
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: closed.set())
        while not connection.is_closed():
            try:
                await asyncio.wait_for(closed.wait(), HEARTBEAT)
            except TimeoutError:
                if not await _answers(connection):
                    return

    def _deliver(self, _connection: object, _pid: int, _channel: str, word: object) -> None:
        name, _, payload = str(word).partition(":")
        for heard in self._heard.get(name, ()):
            try:
                heard(payload)
            except Exception:
                log.exception("a listener to %s failed", name)


def _relay(heard: Heard) -> Callable[[object, int, str, object], None]:
    return lambda _connection, _pid, _channel, payload: heard(str(payload))


async def _answers(connection: asyncpg.Connection) -> bool:
    try:
        await connection.execute("SELECT 1", timeout=PATIENCE)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        return False
    return True
