"""A second PostgreSQL that follows the embedded one by streaming replication."""

import asyncio
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import URL

from persistence.embedded.binaries import reachable_binaries
from persistence.embedded.database import APPLICATION, PORT, SUPERUSER
from persistence.embedded.options import server_options
from persistence.embedded.processes import run_in
from persistence.embedded.server import EmbeddedServer

START_S = 30.0


class Standby:
    def __init__(self, primary: EmbeddedServer, folder: Path) -> None:
        self._primary = primary
        self._data = folder / "data"
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def dsn(self, *, user: str = APPLICATION) -> str:
        query = {"host": str(self._data), "port": str(PORT)}
        return URL.create("postgresql+asyncpg", user, database=APPLICATION, query=query).render_as_string()

    def copy(self) -> None:
        """A base backup, which knows whom to follow."""
        self._primary.cluster.account.make_private(self._data)
        source = ["-h", str(self._primary.socket_dir), "-p", str(PORT), "-U", SUPERUSER]
        copying = self._run("pg_basebackup", *source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        assert copying.wait() == 0, self._log.read_text()
        (self._data / f".s.PGSQL.{PORT}.lock").unlink()  # the primary's, copied along

    def start(self) -> None:
        self._process = self._run("postgres", *server_options(".", durable=False))
        until = time.monotonic() + START_S
        while not self._answers():
            assert time.monotonic() < until, self._log.read_text()
            time.sleep(0.02)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()

    def freeze(self) -> None:
        """It replays nothing more, and answers with what it has."""
        self._ask("SELECT pg_wal_replay_pause()")

    def thaw(self) -> None:
        self._ask("SELECT pg_wal_replay_resume()")

    def _run(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        cluster = self._primary.cluster
        command = [str(reachable_binaries(cluster.account, cluster.bin_dir) / program), *options]
        with self._log.open("ab") as lock:
            return run_in(self._data, cluster.account, command, lock=lock, log=self._log)

    def _answers(self) -> bool:
        try:
            self._ask("SELECT 1")
        except (OSError, asyncpg.PostgresError):
            return False
        return True

    def _ask(self, statement: str) -> None:
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(asyncio.run, self._execute(statement)).result()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.dsn(user=SUPERUSER).replace("+asyncpg", ""), timeout=5)
        await connection.execute(statement)
        await connection.close()


@contextmanager
def standby_of(primary: EmbeddedServer) -> Iterator[Standby]:
    folder = Path(tempfile.mkdtemp(prefix="wellmate-standby-"))
    folder.chmod(0o755)  # the account of PostgreSQL has to pass it
    standby = Standby(primary, folder)
    standby.copy()
    standby.start()
    try:
        yield standby
    finally:
        standby.kill()
        shutil.rmtree(folder)
