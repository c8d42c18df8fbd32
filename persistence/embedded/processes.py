"""Starting PostgreSQL's programs, and signalling the server and nothing else."""

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil

from persistence.embedded.account import Account

PASSED_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""The rest of ours holds keys, which another user's process must not show."""


def run_in(
    data: Path, account: Account, command: Sequence[str], *, lock: BinaryIO, log: Path
) -> subprocess.Popen[bytes]:
    """Runs a program of PostgreSQL on the folder `data`, with `lock` held as long as it or a child of it lives."""
    # The folder is entered before root's rights are given up, so the account needs no right to pass its parents.
    folder = data if account.uid is None else Path("/proc/self/cwd")
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as output:
        return subprocess.Popen(  # noqa: S603 - an absolute path and no shell
            [*command, "-D", folder],
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ} | {"LC_ALL": "C"},
            # Ctrl-C in the terminal is meant for the application, which stops PostgreSQL last.
            start_new_session=True,
            pass_fds=[lock.fileno()],
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
        )


def listener(path: Path) -> psutil.Process | None:
    """The process that listens on a socket, by the kernel's word: a pid in a file may be another process's by now."""
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError, psutil.NoSuchProcess):
        client.settimeout(5)
        client.connect(str(path))
        return psutil.Process(_peer_pid(client))
    return None


def _peer_pid(client: socket.socket) -> int:
    if sys.platform == "linux":
        return int(struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
    return client.getsockopt(0, 2)  # SOL_LOCAL, LOCAL_PEERPID: <sys/un.h> of macOS


def send(process: psutil.Process, number: int) -> None:
    """Spares a process that took over the pid: psutil compares the time of the start."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
