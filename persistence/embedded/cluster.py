"""The folder of the embedded PostgreSQL, and starting it there."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import BinaryIO, Self

import psutil

from persistence.embedded.account import Account, account_for
from persistence.embedded.binaries import find_binaries, reachable_binaries
from persistence.embedded.database import PORT
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.options import initdb_options, server_options
from persistence.embedded.processes import listener, run_in

LONGEST_SOCKET_PATH = 100
"""Bytes; the limit is 107 on Linux and 103 on macOS (sun_path in unix(7) and unix(4))."""
SOCKET = f".s.PGSQL.{PORT}"


@dataclass(frozen=True, slots=True)
class Cluster:
    """`folder` holds PostgreSQL's own data, its socket, its log and the locks."""

    folder: Path
    account: Account
    bin_dir: Path
    durable: bool

    @classmethod
    def in_folder(cls, data_dir: Path, *, durable: bool, bin_dir: Path | None) -> Self:
        folder = data_dir.resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder, account_for(folder / "cluster"), find_binaries(bin_dir), durable)

    @property
    def data(self) -> Path:
        return self.folder / "cluster"

    @property
    def socket_dir(self) -> Path:
        return self._short_way.readlink() if self._short_way.is_symlink() else self.data

    def lock(self, name: str) -> Path:
        return self.folder / f"{name}.lock"

    def log_tail(self, lines: int = 15) -> str:
        words = self._log.read_text(errors="replace").splitlines()[-lines:] if self._log.exists() else []
        return "\n".join([f"The end of {self._log}:", *words])

    def says_ready(self) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def spawn(self, lock: BinaryIO) -> None:
        """Starts PostgreSQL, which inherits `lock`: who holds it knows that no other one lives here."""
        self._refuse_foreign_server()
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        bin_dir = reachable_binaries(self.account, self.bin_dir)
        if not self.data.exists():
            self._initdb(bin_dir, lock)
        self._prepare_socket_dir()
        self._clear_traces()
        place = str(self.socket_dir) if self._short_way.is_symlink() else "."
        command = [str(bin_dir / "postgres"), *server_options(place, durable=self.durable)]
        server = run_in(self.data, self.account, command, lock=lock, log=self._log)
        # Whenever it ends, nobody else is there to ask for its exit status.
        Thread(target=server.wait, name="postgres-reaper", daemon=True).start()

    def server(self) -> psutil.Process | None:
        return listener(self.socket_dir / SOCKET)

    def tidy(self) -> None:
        """After the server ended."""
        if self._short_way.is_symlink():
            shutil.rmtree(self.socket_dir, ignore_errors=True)
            self._short_way.unlink()

    def _initdb(self, bin_dir: Path, lock: BinaryIO) -> None:
        side = self.folder / "cluster.new"
        shutil.rmtree(side, ignore_errors=True)
        self.account.make_private(side)
        command = [str(bin_dir / "initdb"), *initdb_options(durable=self.durable)]
        if run_in(side, self.account, command, lock=lock, log=self._log).wait() != 0:
            raise EmbeddedPostgresError(f"PostgreSQL's initdb failed.\n{self.log_tail()}")
        side.rename(self.data)
        self._sync_folder()

    def _sync_folder(self) -> None:
        """A power cut must not undo the renaming of a cluster that has rows by then."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _refuse_foreign_server(self) -> None:
        lines = self._pid_file()
        if len(lines) >= 5 and (server := listener(self.data / lines[4] / f".s.PGSQL.{lines[3]}")):
            raise EmbeddedPostgresError(
                f"Somebody else runs PostgreSQL on {self.data}, as process {server.pid}. Stop it first."
            )

    def _prepare_socket_dir(self) -> None:
        """The path of a socket is limited, so a deep data folder gets a short one beside it."""
        if len(os.fsencode(self.data / SOCKET)) <= LONGEST_SOCKET_PATH:
            self._short_way.unlink(missing_ok=True)
        elif not self._has_short_way():
            self._short_way.unlink(missing_ok=True)
            self._short_way.symlink_to(tempfile.mkdtemp(prefix="wellmate-", dir="/tmp"))
            self.account.take(self.socket_dir)

    def _has_short_way(self) -> bool:
        return self._short_way.is_symlink() and self.account.owns_alone(self.socket_dir)

    def _clear_traces(self) -> None:
        """What a killed server leaves; the pid in it may be another process's by now."""
        for trace in (self.socket_dir / SOCKET, self.socket_dir / f"{SOCKET}.lock", self.data / "postmaster.pid"):
            trace.unlink(missing_ok=True)

    def _pid_file(self) -> list[str]:
        """Lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status."""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    @property
    def _log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def _short_way(self) -> Path:
        return self.folder / "socket"
