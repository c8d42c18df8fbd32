"""A trial question, so that an admin sees whether a provider works before patients do."""

import asyncio
from contextlib import aclosing
from time import monotonic

from domain.assistant.dialects.failures import TIMEOUT
from domain.assistant.dialects.words import Prompt
from domain.assistant.models import Probe, Provider
from domain.assistant.vendor import Heard, Vendor

LONGEST_S = 30.0
SAMPLE_CHARACTERS = 200


async def probe(vendor: Vendor, provider: Provider, prompt: Prompt) -> Probe:
    """Reads the whole answer, or what comes of it in 30 s."""
    heard, started = Heard(), monotonic()
    first: float | None = None
    text = ""
    try:
        async with asyncio.timeout(LONGEST_S), aclosing(vendor.ask(provider, prompt, heard)) as answer:
            async for piece in answer:
                first = monotonic() if first is None and piece else first
                text += piece
    except TimeoutError:
        heard.failure = TIMEOUT.failure("no whole answer within 30 s")
    return Probe(
        ok=heard.failure is None,
        status=heard.status,
        first_token_ms=_milliseconds(started, first) if first is not None else None,
        duration_ms=_milliseconds(started, monotonic()),
        sample=text[:SAMPLE_CHARACTERS] or None,
        error=heard.failure.log if heard.failure is not None else None,
    )


def _milliseconds(since: float, until: float) -> int:
    return round((until - since) * 1000)
