"""Starting and stopping it: the first who comes starts it, the last one out stops it."""

import logging
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import BinaryIO, Self

from sqlalchemy import URL

from persistence.embedded.cluster import Cluster
from persistence.embedded.database import APPLICATION, PORT, SUPERUSER, ensure_application_database
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.locks import exclusive, exclusive_now, share, try_exclusive
from persistence.embedded.processes import send

START_SECONDS = 120.0
"""Recovering after a power cut may take long on a slow disk."""
STARTS = 3
"""What kills a server may kill it again while it starts."""
STOP_SECONDS = 30.0
POLL_SECONDS = 0.01
RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server, used by this process until `release`. Should something kill it, it comes back."""

    cluster: Cluster
    socket_dir: Path
    users: BinaryIO
    left: Event = field(default_factory=Event)

    def dsn(self, database: str = APPLICATION, *, user: str = APPLICATION) -> str:
        """postgresql+asyncpg://…, for SQLAlchemy."""
        query = {"host": str(self.socket_dir), "port": str(PORT)}
        return URL.create("postgresql+asyncpg", user, database=database, query=query).render_as_string()

    def superuser_dsn(self, database: str = SUPERUSER) -> str:
        return self.dsn(database, user=SUPERUSER)

    def release(self) -> None:
        """The last one out stops PostgreSQL, which takes up to a minute. A second call does nothing."""
        if self.left.is_set():
            return
        self.left.set()
        _leave(self.cluster, self.users)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def start(data_dir: Path, *, durable: bool = True, bin_dir: Path | None = None) -> EmbeddedServer:
    """Starts PostgreSQL in `data_dir` or adopts the one that runs there; makes the application's role and database.

    `durable=False` trades safety against power cuts for speed. Blocks; raises EmbeddedPostgresError in clear words.
    """
    try:
        cluster = Cluster.in_folder(data_dir, durable=durable, bin_dir=bin_dir)
        server = _join(cluster)
    except OSError as error:
        raise EmbeddedPostgresError(f"PostgreSQL cannot work in {data_dir}: {error}") from error
    Thread(target=_watch, args=[server], name="postgres-watch", daemon=True).start()
    return server


@contextmanager
def started_ahead(data_dir: Path) -> Iterator[None]:
    """PostgreSQL starts beside what the block does before its own `start`, which also meets what goes wrong here."""
    with ThreadPoolExecutor(1, "postgres-ahead") as thread:
        starting = thread.submit(_ahead, data_dir)
        try:
            yield
        finally:
            if starting.exception() is None:
                cluster = starting.result()
                _leave(cluster, share(cluster.lock("users")))


def _ahead(data_dir: Path) -> Cluster:
    cluster = Cluster.in_folder(data_dir, durable=True, bin_dir=None)
    with exclusive(cluster.lock("mutex")):
        _ensure_running(cluster)
    return cluster


def _leave(cluster: Cluster, users: BinaryIO) -> None:
    """The last one out stops PostgreSQL."""
    with exclusive(cluster.lock("mutex")), users:
        if try_exclusive(users):
            _stop(cluster)


def _join(cluster: Cluster) -> EmbeddedServer:
    with exclusive(cluster.lock("mutex")):
        users = share(cluster.lock("users"))
        try:
            _ensure_running(cluster)
        except BaseException:
            users.close()
            raise
        return EmbeddedServer(cluster, cluster.socket_dir, users)


def _ensure_running(cluster: Cluster) -> None:
    """Under the mutex: adopts, or starts and waits, or waits for a killed server's last processes and then starts."""
    deadline = time.monotonic() + START_SECONDS
    starts = 0
    while time.monotonic() < deadline:
        with exclusive_now(cluster.lock("pg")) as lock:
            if lock and starts == STARTS:
                raise EmbeddedPostgresError(f"PostgreSQL did not start.\n{cluster.log_tail()}")
            if lock:
                cluster.spawn(lock)
                starts += 1
        if cluster.says_ready() and ensure_application_database(cluster.socket_dir):
            return
        time.sleep(POLL_SECONDS)
    raise EmbeddedPostgresError(
        f"PostgreSQL does not answer after {START_SECONDS:.0f} s. If it is still recovering, it goes on by itself: "
        f"start again to wait for it.\n{cluster.log_tail()}"
    )


def _stop(cluster: Cluster) -> None:
    """Under the mutex: in good order, else at once, which the next start recovers from."""
    server = cluster.server()
    for number in (signal.SIGINT, signal.SIGQUIT):
        if server:
            send(server, number)
        if _ended(cluster):
            cluster.tidy()
            return
    raise EmbeddedPostgresError(f"PostgreSQL in {cluster.folder} does not stop.\n{cluster.log_tail()}")


def _ended(cluster: Cluster) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        with exclusive_now(cluster.lock("pg")) as lock:
            if lock:
                return True
        time.sleep(POLL_SECONDS)
    return False


def _watch(server: EmbeddedServer) -> None:
    """Brings back a killed server: a small machine that runs out of memory kills its largest process."""
    while not server.left.is_set():
        try:
            _outlive(server)
        except Exception:
            if not server.left.wait(RETRY_SECONDS):
                log.exception("PostgreSQL ended and does not start again; trying on")


def _outlive(server: EmbeddedServer) -> None:
    share(server.cluster.lock("pg")).close()  # Sleeps as long as PostgreSQL lives.
    if not server.left.is_set():
        with exclusive(server.cluster.lock("mutex")):
            _ensure_running(server.cluster)
