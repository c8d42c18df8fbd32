"""Time for new documents: parsing and validating is work that a stranger can order for the price of a few kilobytes."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from transport.ports import Refused

Clock = Callable[[], float]
PAYERS = 10_000


class Allowance(NamedTuple):
    """`burst` in seconds of work, of which `share` comes back every second."""

    burst: float
    share: float


EACH = Allowance(burst=1.0, share=0.05)
TOGETHER = Allowance(burst=3.0, share=0.3)


class Account:
    """What was spent and has not come back."""

    __slots__ = ("_allowance", "_clock", "_debt", "_since")

    def __init__(self, allowance: Allowance, clock: Clock) -> None:
        self._allowance = allowance
        self._clock = clock
        self._debt = 0.0
        self._since = clock()

    def wait(self) -> float:
        """Seconds until there is something to spend, 0 for now."""
        now = self._clock()
        self._debt = max(0.0, self._debt - (now - self._since) * self._allowance.share)
        self._since = now
        return max(0.0, self._debt - self._allowance.burst) / self._allowance.share

    def spend(self, seconds: float) -> None:
        self._debt += seconds


class Budget:
    """One account for every payer, the oldest forgotten, and one for all together."""

    def __init__(self, each: Allowance = EACH, together: Allowance = TOGETHER, clock: Clock = time.monotonic) -> None:
        self._each = each
        self._clock = clock
        self._together = Account(together, clock)
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    @contextmanager
    def spending(self, payer: str) -> Iterator[None]:
        """Around the work; raises Refused (RATE_LIMITED) before it when nothing is left."""
        account = self._account(payer)
        seconds = max(account.wait(), self._together.wait())
        if seconds:
            wait = int(seconds * 1000) + 1
            raise Refused("RATE_LIMITED", "新的查询太多，请稍后再试", "Too many new documents.", retryAfterMs=wait)
        started = time.thread_time()
        try:
            yield
        finally:
            spent = time.thread_time() - started
            account.spend(spent)
            self._together.spend(spent)

    def _account(self, payer: str) -> Account:
        account = self._accounts.pop(payer, None) or Account(self._each, self._clock)
        self._accounts[payer] = account
        if len(self._accounts) > PAYERS:
            self._accounts.popitem(last=False)
        return account
