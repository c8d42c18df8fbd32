"""Whose processes PostgreSQL's are: our own user's, except that it refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded.errors import EmbeddedPostgresError


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def closed_folder(self, path: Path) -> Path | None:
        """The outermost folder on the way to `path`, itself included, which the account may not pass."""
        ways = [*reversed(path.parents), path]
        return next((folder for folder in ways if not self._passes(folder)), None)

    def _passes(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & (0o010 if status.st_gid == self.gid else 0o001))


def account_for(cluster: Path) -> Account:
    """Ourselves; for root the owner of an existing cluster, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Account("", os.geteuid(), os.getegid())
    owner = cluster.stat().st_uid if cluster.exists() else 0
    for account in pwd.getpwall():
        if owner != 0 and account.pw_uid == owner:
            return _account(account)
    return _first_known("postgres", "nobody")


def _first_known(*names: str) -> Account:
    known = {account.pw_name: account for account in pwd.getpwall()}
    for name in names:
        if name in known:
            return _account(known[name])
    raise EmbeddedPostgresError(
        "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it. "
        "Start Wellmate as an ordinary user."
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
