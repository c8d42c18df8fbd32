"""flock(2): it belongs to an open file, so it ends with the last process that has it open, whatever ends that one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from typing import BinaryIO


def share(path: Path) -> BinaryIO:
    """Waits for an exclusive holder. Closing the file gives the lock back."""
    lock = _open(path)
    flock(lock, LOCK_SH)
    return lock


@contextmanager
def exclusive(path: Path) -> Iterator[BinaryIO]:
    with _open(path) as lock:
        flock(lock, LOCK_EX)
        yield lock


@contextmanager
def exclusive_now(path: Path) -> Iterator[BinaryIO | None]:
    """None where somebody holds it."""
    with _open(path) as lock:
        yield lock if try_exclusive(lock) else None


def try_exclusive(lock: BinaryIO) -> bool:
    """Also makes a shared lock exclusive; it is lost where that fails."""
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb")
