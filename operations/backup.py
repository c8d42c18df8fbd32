"""Back up and restore: one tar with the database's dump and the files kept on this disk.

Secrets are not in it: without WELLMATE_DATA_KEYS (or the data folder's secrets.json) phones and keys stay sealed.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from operations.progress import bar
from persistence.embedded.binaries import find_binaries

DUMP = "database.dump"
FILES = "files"
CHUNK = 1 << 20


class BackupError(Exception):
    """Its text says what an operator can do."""


def back_up(url: str, files: Path, target: Path) -> Path:
    """Writes `target` (a folder gets a name with the time) and returns what was written. Raises BackupError."""
    if target.is_dir():
        target /= f"wellmate-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / DUMP
        _run("pg_dump", make_url(url), "--format=custom", "--no-owner", f"--file={dump}")
        _pack(dump, files, target)
    return target


def restore(url: str, files: Path, source: Path) -> None:
    """Replaces everything in the database, adds the files. Raises BackupError: then the database is as before."""
    with tempfile.TemporaryDirectory() as folder:
        _unpack(source, Path(folder))
        dump = Path(folder) / DUMP
        if not dump.is_file():
            raise BackupError(f"{source} is not a backup of Wellmate: it has no {DUMP}.")
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        _run("pg_restore", make_url(url), *options, str(dump))
        if (Path(folder) / FILES).is_dir():
            shutil.copytree(Path(folder) / FILES, files, dirs_exist_ok=True)


def _run(program: str, url: URL, *options: str) -> None:
    """The password goes by the environment: command lines are seen by everybody on the machine."""
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password is not None else {})
    command = [_program(program), *options, f"--dbname={plain}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} failed:\n{done.stderr.strip()}")


def _program(name: str) -> str:
    """The embedded PostgreSQL's own one: it is the newest, and reads older servers too."""
    embedded = find_binaries(None) / name
    return str(embedded) if embedded.exists() else name


def _pack(dump: Path, files: Path, target: Path) -> None:
    kept = sorted(path for path in files.rglob("*") if path.is_file()) if files.is_dir() else []
    partial = target.with_name(target.name + ".partial")
    with (
        bar("backup", sum(path.stat().st_size for path in (dump, *kept))) as advance,
        tarfile.open(partial, "w") as tar,
    ):
        for path in (dump, *kept):
            name = DUMP if path == dump else f"{FILES}/{path.relative_to(files)}"
            tar.add(path, arcname=name)
            advance(path.stat().st_size)
    partial.chmod(0o600)
    partial.replace(target)


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source) as tar:
            members = tar.getmembers()
            with bar("restore", len(members)) as advance:
                for member in members:
                    tar.extract(member, folder, filter="data")
                    advance(1)
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{source} cannot be read: {error}") from error
