"""Argon2id in threads, a few at a time, with the same work whether or not the user exists."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """The second choice of OWASP's password storage cheat sheet (2025): 19 MiB, two passes."""

    memory_kib: int = 19_456
    passes: int = 2
    workers: int = 2


class Passwords:
    """`turn`: held from looking at the limits to counting a failure, so that many tries at once cannot slip through."""

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(cost.workers, thread_name_prefix="password")
        self.turn = asyncio.Semaphore(cost.workers)
        self._nobody = self._hasher.hash("nobody's password")

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, _bytes(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """`stored` None: an unknown user, or one without a password. It takes as long as a wrong password."""
        matches = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._matches, stored or self._nobody, password
        )
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """True for a hash made at another cost than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    return password.encode(errors="surrogatepass")
