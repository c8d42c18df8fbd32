"""Whether AI providers work, as far as their circuit breakers know."""

from collections.abc import Sequence
from datetime import datetime

from domain.assistant.models import ApiConfig
from domain.assistant.ports import ConfigReads
from domain.clock import Clock
from domain.system import Check


async def provider_checks(reads: ConfigReads, clock: Clock) -> Sequence[Check]:
    """Of those that may be asked; nobody is asked for it."""
    now = clock()
    return [_check(config, now) for config in await reads.all_apis() if config.enabled]


def _check(config: ApiConfig, now: datetime) -> Check:
    resting = config.retry_at is not None and config.retry_at > now
    error = f"left alone after {config.failures} failures" if resting else None
    return Check(f"provider {config.name}", ok=not resting, latency_ms=None, error=error, internal=True)
