"""How many of something one payer may hold at the same time, in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from transport.ports import Refused


class Crowd:
    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()

    @contextmanager
    def place(self, payer: str) -> Iterator[None]:
        """Raises Refused (RATE_LIMITED) when all places are taken."""
        if self._counts[payer] >= self._most:
            raise Refused("RATE_LIMITED", "同时打开的连接或订阅太多", "Too many connections or subscriptions are open.")
        self._counts[payer] += 1
        try:
            yield
        finally:
            self._counts[payer] -= 1
            if not self._counts[payer]:
                del self._counts[payer]
