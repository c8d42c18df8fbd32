"""Whether the installation works, in words for operators."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from domain.clock import Clock

Probe = Callable[[], Awaitable[None]]
PATIENCE_S = 5.0
KEPT_S = 2.0
"""An answer is given again for so long: whoever asks often shall not make us ask others as often."""


@dataclass(frozen=True, slots=True)
class Check:
    """`error`: what is wrong, without addresses or secrets. `internal`: for admins only."""

    name: str
    ok: bool
    latency_ms: int | None
    error: str | None
    internal: bool = False


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """`status`: ok, or degraded when a check fails."""

    status: str
    version: str
    uptime_seconds: int
    checks: list[Check]


Look = Callable[[], Awaitable[Sequence[Check]]]


async def look_nowhere() -> Sequence[Check]:
    return ()


class SystemService:
    """`probes`: name → something that raises when its part does not work. `look`: at what is checked already."""

    def __init__(self, version: str, clock: Clock, probes: Mapping[str, Probe], look: Look = look_nowhere) -> None:
        self._version = version
        self._clock = clock
        self._probes = probes
        self._look = look
        self._started = monotonic()
        self._checking: asyncio.Task[list[Check]] | None = None
        self._checked = 0.0

    def time(self) -> datetime:
        return self._clock()

    async def status(self, *, internals: bool = False) -> SystemStatus:
        """Failures of what is internal count, although only admins see which."""
        checks = await self._checks()
        status = "ok" if all(check.ok for check in checks) else "degraded"
        shown = [check for check in checks if internals or not check.internal]
        return SystemStatus(status, self._version, int(monotonic() - self._started), shown)

    async def _checks(self) -> list[Check]:
        if self._checking is None or (self._checking.done() and monotonic() > self._checked + KEPT_S):
            self._checking = asyncio.create_task(self._check())
        return await asyncio.shield(self._checking)

    async def _check(self) -> list[Check]:
        probing = asyncio.gather(*(_check(name, probe) for name, probe in self._probes.items()))
        seen, checks = await _seen(self._look), await probing
        self._checked = monotonic()
        return [*checks, *seen]


async def _check(name: str, probe: Probe) -> Check:
    started = monotonic()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await probe()
    except Exception as error:
        return Check(name, ok=False, latency_ms=None, error=type(error).__name__)
    return Check(name, ok=True, latency_ms=round((monotonic() - started) * 1000), error=None)


async def _seen(look: Look) -> Sequence[Check]:
    """Nothing when it cannot be seen: then a probe has failed too."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await look()
    except Exception:
        return ()
