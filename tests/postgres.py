"""A real PostgreSQL for the tests: one a run, shared by its workers, with a migrated template and clones of it.

A plugin of the conftest: `pytest_plugins = ["tests.postgres"]`.
"""

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import asyncpg
import pytest

from migrations.run import upgrade
from persistence.embedded.locks import exclusive, exclusive_now, share
from persistence.embedded.server import EmbeddedServer, start

FOLDER_VARIABLE = "WELLMATE_TEST_POSTGRES"
"""Set by the first process of a run and inherited by its workers."""
FOLDER_PREFIX = "wellmate-tests-"
MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 << 30
RUN_LOCK = pytest.StashKey[BinaryIO]()
TEMPLATE = "wellmate_template"


def pytest_configure(config: pytest.Config) -> None:
    if FOLDER_VARIABLE not in os.environ:
        _remove_folders_of_killed_runs()
        os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=place())
        config.stash[RUN_LOCK] = share(Path(os.environ[FOLDER_VARIABLE], "run.lock"))


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN_LOCK in config.stash:
        shutil.rmtree(os.environ.pop(FOLDER_VARIABLE), ignore_errors=True)
        config.stash[RUN_LOCK].close()


def _remove_folders_of_killed_runs() -> None:
    """A server that still runs in one misses its files within a minute and ends."""
    for place in (MEMORY, Path(tempfile.gettempdir())):
        for lock_file in place.glob(f"{FOLDER_PREFIX}*/run.lock"):
            with suppress(OSError), exclusive_now(lock_file) as lock:
                if lock:
                    shutil.rmtree(lock_file.parent, ignore_errors=True)


def place() -> Path:
    """For servers whose durability nobody tests: memory where there is room.

    A clone of a database has some 600 files, which cost a disk ten times as much.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if roomy else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedServer]:
    """The run's server. Its superuser may do everything; the application's role owns the databases of the tests."""
    with start(Path(os.environ[FOLDER_VARIABLE], "data"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def migrate() -> Callable[[str], None]:
    """Fills the template, given its DSN. Override it for another template."""
    return lambda dsn: asyncio.run(upgrade(dsn))


@pytest.fixture(scope="session")
def template_database(postgres: EmbeddedServer, migrate: Callable[[str], None]) -> str:
    """The name of a migrated database without rows, made by the first worker that asks."""
    with exclusive(postgres.cluster.lock("template")):
        if not run_sql(postgres, f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
            unfinished = f"{TEMPLATE}_unfinished"
            run_sql(postgres, f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
            run_sql(postgres, f"CREATE DATABASE {unfinished} OWNER wellmate")
            migrate(postgres.dsn(unfinished))
            run_sql(postgres, f"ALTER DATABASE {unfinished} RENAME TO {TEMPLATE}")
    return TEMPLATE


@pytest.fixture
def database_dsn(postgres: EmbeddedServer, template_database: str) -> Iterator[str]:
    """The DSN of a fresh migrated database, dropped after the test."""
    with fresh_database(postgres, template_database) as dsn:
        yield dsn


@contextmanager
def fresh_database(server: EmbeddedServer, template: str) -> Iterator[str]:
    """The DSN of a clone of `template`. For fixtures of a wider scope than one test."""
    name = f"test_{uuid.uuid4().hex}"
    run_sql(server, f"CREATE DATABASE {name} OWNER wellmate TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield server.dsn(name)
    finally:
        run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def run_sql(server: EmbeddedServer, statement: str, database: str = "postgres") -> list[asyncpg.Record]:
    """One statement as the superuser, from any thread, with or without a running event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, _fetch(server.superuser_dsn(database), statement)).result()


async def _fetch(dsn: str, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()
