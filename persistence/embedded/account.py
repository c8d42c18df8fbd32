"""Whose processes PostgreSQL's are: our own user's, except that it refuses to run as root."""

import os
import pwd
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded.errors import EmbeddedPostgresError


@dataclass(frozen=True, slots=True)
class Account:
    """`uid` and `gid` are None for the user we are."""

    uid: int | None
    gid: int | None

    def make_private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self.take(folder)

    def take(self, folder: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def owns_alone(self, folder: Path) -> bool:
        """False for a symbolic link too."""
        try:
            status = folder.lstat()
        except FileNotFoundError:
            return False
        return status.st_uid == (os.geteuid() if self.uid is None else self.uid) and status.st_mode == 0o040700

    def reaches(self, folder: Path) -> bool:
        """Whether it may pass all folders on the way, this one included."""
        return self.uid is None or all(self._passes(step) for step in (folder, *folder.parents))

    def _passes(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & (0o010 if status.st_gid == self.gid else 0o001))


def account_for(cluster: Path) -> Account:
    """For root the owner of an existing cluster, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Account(None, None)
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it. "
        "Start Wellmate as an ordinary user."
    )
