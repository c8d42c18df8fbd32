"""Back up and restore: one tar with the database's dump and the files kept on this disk.

Secrets are not in it: without WELLMATE_DATA_KEYS (or the data folder's secrets.json) phones and keys stay sealed.
"""

import os
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from operations.progress import bar
from persistence.embedded.binaries import find_binaries
from persistence.embedded.errors import EmbeddedPostgresError

DUMP = "database.dump"
FILES = "files"
CHUNK = 1 << 20


LOCK_S = 30
"""How long whoever still uses the database is waited for."""
# Not only what the backup brings back: what a newer version made would stand in the way of its migrations.
EMPTY = """
DO $$
DECLARE statements text;
BEGIN
  SELECT string_agg(format('DROP %s IF EXISTS %s CASCADE', kind, name), ';' ORDER BY kind DESC) INTO statements FROM (
    SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
      format('public.%I', relname) AS name, oid
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
    UNION ALL SELECT 'ROUTINE', oid::regprocedure::text, oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'TYPE', format('public.%I', typname), oid
      FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
  ) AS ours WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = ours.oid AND deptype = 'e');
  EXECUTE coalesce(statements, 'SELECT 1');
END $$;
DROP SCHEMA IF EXISTS seed CASCADE;
"""


class BackupError(Exception):
    """Its text says what an operator can do."""


def back_up(url: str, files: Path, target: Path) -> Path:
    """Writes `target` (a folder gets a name with the time) and returns what was written. Raises BackupError.

    The dump lies beside it meanwhile: /tmp may be no larger than the memory.
    """
    if target.is_dir():
        target /= f"wellmate-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    if not os.access(target.parent, os.W_OK):
        raise BackupError(f"Nothing can be written into {target.parent}.")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / DUMP
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", to=make_url(url))
        _pack(dump, files, target)
    return target


def restore(url: str, files: Path, source: Path) -> None:
    """Replaces everything in the database, adds the files. Raises BackupError: then the database is as before."""
    with tempfile.TemporaryDirectory(dir=source.parent if os.access(source.parent, os.W_OK) else None) as folder:
        _unpack(source, Path(folder))
        dump = Path(folder) / DUMP
        if not dump.is_file():
            raise BackupError(f"{source} is not a backup of Wellmate: it has no {DUMP}.")
        script = dump.with_suffix(".sql")
        _run("pg_restore", "--no-owner", f"--file={script}", str(dump))
        _suit_older_servers(script)
        options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        _run("psql", *options, f"--command={EMPTY}", f"--file={script}", to=make_url(url))
        if (Path(folder) / FILES).is_dir():
            shutil.copytree(Path(folder) / FILES, files, dirs_exist_ok=True)


def _suit_older_servers(script: Path) -> None:
    """pg_restore 17 and newer begins with a setting that older servers do not know: it becomes a comment."""
    with script.open("r+b") as file:
        place = file.read(CHUNK).find(b"\nSET transaction_timeout")
        if place >= 0:
            file.seek(place + 1)
            file.write(b"-- ")


def _run(program: str, *options: str, to: URL | None = None) -> None:
    """The password goes by the environment: command lines are seen by everybody on the machine."""
    environment, command = dict(os.environ), [_program(program), *options]
    if to is not None:
        plain = to.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
        command.append(f"--dbname={plain}")
        environment |= {"PGPASSWORD": to.password} if isinstance(to.password, str) else {}
        environment["PGOPTIONS"] = f"-c lock_timeout={LOCK_S}s -c client_min_messages=warning"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} failed:\n{done.stderr.strip()}")


def _program(name: str) -> str:
    """The embedded PostgreSQL's own one, as it is the newest and reads older servers too, else the machine's."""
    with suppress(EmbeddedPostgresError):
        if (embedded := find_binaries(None) / name).exists():
            return str(embedded)
    if (found := shutil.which(name)) is None:
        raise BackupError(f"There is no program {name}: install PostgreSQL's client programs.")
    return found


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
                    _extract(tar, member, folder)
                    advance(1)
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{source} cannot be read: {error}") from error


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Only what a backup holds: files beneath the folder. (tarfile's own filters need Python 3.11.4.)"""
    target = (folder / member.name).resolve()
    content = tar.extractfile(member) if member.isfile() else None
    if content is None or not target.is_relative_to(folder.resolve()):
        raise tarfile.TarError(f"it holds {member.name}, which is no file of a backup")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        shutil.copyfileobj(content, file, CHUNK)
