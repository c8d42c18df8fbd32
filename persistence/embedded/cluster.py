"""The data folder of the embedded PostgreSQL and the processes that work on it."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import BinaryIO, Self

import psutil

from persistence.embedded.account import Account, account_for
from persistence.embedded.binaries import binaries_for, find_binaries
from persistence.embedded.database import PORT, SUPERUSER
from persistence.embedded.errors import EmbeddedPostgresError

LONGEST_SOCKET_PATH = 100
"""Bytes; the limit is 107 on Linux and 103 on macOS (sun_path in unix(7) and unix(4))."""
INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-collate=C",
    "--lc-ctype=C.UTF-8",
)
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Parallel queries need room in /dev/shm, of which a container has 64 MB.
    "max_parallel_workers_per_gather": "0",
    # Errors of statements quote what patients wrote; the application hears of them anyway.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
RISKY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
PASSED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Cluster:
    """`folder` holds the cluster, its log and its locks."""

    folder: Path
    account: Account
    bin_dir: Path
    durable: bool

    @classmethod
    def in_folder(cls, data_dir: Path, *, durable: bool, bin_dir: Path | None) -> Self:
        """Makes the folder. Raises EmbeddedPostgresError where PostgreSQL cannot work in it."""
        folder = data_dir.resolve()
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        account = account_for(folder / "cluster")
        if os.geteuid() == 0 and (closed := account.closed_folder(folder)):
            raise EmbeddedPostgresError(
                f"PostgreSQL refuses to run as root, and the user `{account.name}`, who runs it instead, cannot enter "
                f"{closed}. Choose a data folder outside of it, such as /var/lib/wellmate, start Wellmate as an "
                f"ordinary user, or open the way yourself with: chmod o+x {closed}"
            )
        return cls(folder, account, find_binaries(bin_dir), durable)

    @property
    def data(self) -> Path:
        return self.folder / "cluster"

    def log_tail(self, lines: int = 15) -> str:
        log = self.folder / "postgres.log"
        words = log.read_text(errors="replace").splitlines()[-lines:] if log.exists() else []
        return "\n".join([f"The end of {log}:", *words])

    def ready_socket_dir(self) -> Path | None:
        """Where a started server says that it listens."""
        lines = self._pid_file()
        return Path(lines[4]) if len(lines) >= 8 and lines[7].strip() == "ready" else None

    def spawn(self, lock: BinaryIO) -> None:
        """Starts PostgreSQL, which inherits `lock` and so proves that no other one lives here."""
        bin_dir = binaries_for(self.account, self.bin_dir, self.folder)
        if not self.data.exists():
            self._initdb(bin_dir, lock)
        self._refuse_foreign_server()
        self._clear_traces()
        settings = SETTINGS | {"unix_socket_directories": str(self._socket_dir())}
        settings |= {} if self.durable else RISKY_SETTINGS
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        server = self._popen([bin_dir / "postgres", "-D", self.data, *options], lock)
        # Whenever it ends, nobody is left to ask for its exit status.
        Thread(target=server.wait, name="postgres-reaper", daemon=True).start()

    def stoppers(self) -> Iterator[Callable[[], None]]:
        """Ways to end the running server, the gentlest first."""
        server = self._postmaster()
        for number in (signal.SIGINT, signal.SIGQUIT):
            yield partial(_signal, server, number)

    def _initdb(self, bin_dir: Path, lock: BinaryIO) -> None:
        side = self.folder / "cluster.new"
        shutil.rmtree(side, ignore_errors=True)
        self._make_private(side)
        sync = () if self.durable else ("--no-sync",)
        if self._popen([bin_dir / "initdb", "-D", side, *INITDB_OPTIONS, *sync], lock).wait() != 0:
            raise EmbeddedPostgresError(f"PostgreSQL's initdb failed.\n{self.log_tail()}")
        side.rename(self.data)

    def _popen(self, command: list[str | Path], lock: BinaryIO) -> subprocess.Popen[bytes]:
        root = os.geteuid() == 0
        with (self.folder / "postgres.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - an absolute path and no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ} | {"LC_ALL": "C"},
                # Ctrl-C in the terminal is meant for the application, which stops PostgreSQL last.
                start_new_session=True,
                pass_fds=[lock.fileno()],
                user=self.account.uid if root else None,
                group=self.account.gid if root else None,
                extra_groups=[] if root else None,
            )

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self.account.own(folder)

    def _socket_dir(self) -> Path:
        folder = self.folder / "socket"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
            folder = Path(tempfile.mkdtemp(prefix="wellmate-"))
            self.account.own(folder)
        elif not folder.exists():
            self._make_private(folder)
        return folder

    def _refuse_foreign_server(self) -> None:
        if (socket_path := self._socket_path()) and _listener(socket_path) is not None:
            raise EmbeddedPostgresError(
                f"Somebody else started PostgreSQL on {self.data}, its process is {self._pid_file()[0]}. Stop it first."
            )

    def _clear_traces(self) -> None:
        """What a killed server leaves; the pid in it may be another process's by now."""
        if socket_path := self._socket_path():
            socket_path.unlink(missing_ok=True)
            socket_path.with_name(f"{socket_path.name}.lock").unlink(missing_ok=True)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _postmaster(self) -> psutil.Process | None:
        """Known by its socket: the pid in postmaster.pid may be another process's."""
        path = self._socket_path()
        pid = _listener(path) if path else None
        try:
            return psutil.Process(pid) if pid else None
        except psutil.NoSuchProcess:
            return None

    def _socket_path(self) -> Path | None:
        lines = self._pid_file()
        return Path(lines[4], f".s.PGSQL.{lines[3]}") if len(lines) >= 5 and lines[4] else None

    def _pid_file(self) -> list[str]:
        """Lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []


def _signal(process: psutil.Process | None, number: int) -> None:
    # psutil compares the start time, so a process that took over the pid is spared.
    try:
        if process is not None:
            process.send_signal(number)
    except psutil.NoSuchProcess:
        pass


def _listener(path: Path) -> int | None:
    """The pid of the process that listens on a socket, by the kernel's word; 0 in another container."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
        except OSError:
            return None
        if sys.platform == "linux":
            return int(struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
        return client.getsockopt(0, 2)  # SOL_LOCAL, LOCAL_PEERPID: <sys/un.h> of macOS
