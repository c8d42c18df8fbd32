"""The embedded PostgreSQL: one server for all processes that use the same data folder.

Three flocks in that folder, each freed by the kernel whatever kills its holder:
`mutex.lock` is held while somebody starts or stops the server; `users.lock` is shared by all who use it, so that
the last one out stops it; `pg.lock` is inherited by every process of PostgreSQL and held while one of them lives.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from sqlalchemy import URL

from persistence.embedded.cluster import Cluster
from persistence.embedded.database import APPLICATION, PORT, SUPERUSER, ensure_application_database
from persistence.embedded.errors import EmbeddedPostgresError

START_SECONDS = 120.0
"""Recovering after a power cut may take long on a slow disk."""
STOP_SECONDS = 30.0
POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running server, used by this process until `release`."""

    socket_dir: Path
    cluster: Cluster
    users: BinaryIO

    def dsn(self, database: str = APPLICATION, *, user: str = APPLICATION) -> str:
        """For SQLAlchemy; without `+asyncpg` also for asyncpg. `user` is `postgres` for what needs a superuser."""
        query = {"host": str(self.socket_dir), "port": str(PORT)}
        return URL.create("postgresql+asyncpg", user, database=database, query=query).render_as_string()

    def superuser_dsn(self, database: str = SUPERUSER) -> str:
        return self.dsn(database, user=SUPERUSER)

    def release(self) -> None:
        """The last one out stops PostgreSQL. A second call does nothing."""
        if not self.users.closed:
            with _mutex(self.cluster.folder), self.users:
                if _locked(self.users, LOCK_EX):
                    _stop(self.cluster)

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
    cluster = Cluster.in_folder(data_dir, durable=durable, bin_dir=bin_dir)
    with _mutex(cluster.folder):
        users = _open_lock(cluster.folder / "users.lock")
        try:
            _locked(users, LOCK_SH)
            socket_dir = _running(cluster)
        except BaseException:
            users.close()
            raise
    return EmbeddedServer(socket_dir, cluster, users)


def _running(cluster: Cluster) -> Path:
    """The socket folder of a server that answers."""
    deadline = time.monotonic() + START_SECONDS
    spawned = False
    while time.monotonic() < deadline:
        if not _alive(cluster):
            if spawned:
                raise EmbeddedPostgresError(f"PostgreSQL did not start.\n{cluster.log_tail()}")
            _spawn(cluster)
            spawned = True
        socket_dir = cluster.ready_socket_dir()
        if socket_dir and ensure_application_database(socket_dir):
            return socket_dir
        time.sleep(POLL_SECONDS)
    raise EmbeddedPostgresError(
        f"PostgreSQL does not answer after {START_SECONDS:.0f} s. It may still be recovering and goes on by itself: "
        f"start again to wait for it.\n{cluster.log_tail()}"
    )


def _spawn(cluster: Cluster) -> None:
    with _open_lock(cluster.folder / "pg.lock") as lock:
        flock(lock, LOCK_EX | LOCK_NB)
        cluster.spawn(lock)


def _alive(cluster: Cluster) -> bool:
    with _open_lock(cluster.folder / "pg.lock") as lock:
        return not _locked(lock, LOCK_EX)


def _stop(cluster: Cluster) -> None:
    for stop in cluster.stoppers():
        stop()
        deadline = time.monotonic() + STOP_SECONDS
        while _alive(cluster):
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        else:
            return
    raise EmbeddedPostgresError(f"PostgreSQL in {cluster.folder} does not stop.\n{cluster.log_tail()}")


@contextmanager
def _mutex(folder: Path) -> Iterator[None]:
    with _open_lock(folder / "mutex.lock") as lock:
        flock(lock, LOCK_EX)
        yield


def _open_lock(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb")


def _locked(lock: BinaryIO, kind: int) -> bool:
    try:
        flock(lock, kind | LOCK_NB)
    except BlockingIOError:
        return False
    return True
