"""Whether the installation works, in words for operators."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from domain.clock import Clock

Probe = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Check:
    """`error`: what is wrong, without addresses or secrets."""

    name: str
    ok: bool
    latency_ms: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """`status`: ok, or degraded when a check fails."""

    status: str
    version: str
    uptime_seconds: int
    checks: list[Check]


class SystemService:
    """`probes`: name → something that raises when its part does not work."""

    def __init__(self, version: str, clock: Clock, probes: Mapping[str, Probe]) -> None:
        self._version = version
        self._clock = clock
        self._probes = probes
        self._started = monotonic()

    def time(self) -> datetime:
        return self._clock()

    async def status(self) -> SystemStatus:
        checks = [await _check(name, probe) for name, probe in self._probes.items()]
        status = "ok" if all(check.ok for check in checks) else "degraded"
        return SystemStatus(status, self._version, int(monotonic() - self._started), checks)


async def _check(name: str, probe: Probe) -> Check:
    started = monotonic()
    try:
        await probe()
    except Exception as error:
        return Check(name, ok=False, latency_ms=None, error=type(error).__name__)
    return Check(name, ok=True, latency_ms=round((monotonic() - started) * 1000), error=None)
