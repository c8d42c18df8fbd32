"""One conversation with a vendor, from prompt to last word: what the reply engine drives."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from domain.assistant.dialects import failures
from domain.assistant.dialects.words import (
    Dialect,
    Endpoint,
    Event,
    Failure,
    Finished,
    NotCallable,
    Opened,
    Prompt,
    Reader,
    Script,
)
from domain.outbound import Call, Outbound, OutboundError

# After the last word: a body that ends at once leaves its connection fit for the next call.
LAST_BYTES_S = 0.05


async def talk(
    outbound: Outbound, dialect: Dialect, endpoint: Endpoint, prompt: Prompt, *, idle_s: float = 15.0
) -> AsyncGenerator[Event, None]:
    """The events of one answer, Finished or Failure last; raises nothing of its own.

    Deadlines beyond `idle_s` (first text, whole answer) are the caller's: closing this generator closes the connection.
    """
    reader = dialect.reader()
    broken = None
    try:
        async with aclosing(_heard(outbound, dialect.call(endpoint, prompt), reader, idle_s)) as events:
            async for event in events:
                yield event
                if isinstance(event, Finished | Failure):
                    return
    except NotCallable as error:
        broken = failures.MISCONFIGURED.failure(str(error))
    except OutboundError as error:
        broken = failures.of_wire(error)
    for event in reader.close(broken):
        yield event


async def _heard(outbound: Outbound, call: Call | Script, reader: Reader, idle_s: float) -> AsyncGenerator[Event, None]:
    if isinstance(call, Script):
        for piece in call.pieces:
            for event in reader.feed(piece):
                yield event
            await asyncio.sleep(call.pause_s)
        return
    async with outbound.stream(call, idle_s=idle_s) as answer:
        reader.head(answer.status, answer.headers)
        yield Opened(answer.status)
        async for chunk in answer.chunks:
            heard = reader.feed(chunk)
            if heard and isinstance(heard[-1], Finished | Failure):
                await _drain(answer.chunks)
            for event in heard:
                yield event


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    try:
        async with asyncio.timeout(LAST_BYTES_S):
            async for _ in chunks:
                pass
    except (TimeoutError, OutboundError):
        return
