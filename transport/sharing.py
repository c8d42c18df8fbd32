"""One encoding of an event for all who watch it with the same selection, however many ask for it at once."""

import asyncio
from collections.abc import Awaitable, Callable

from transport.ports import Shared

Encode = Callable[[], Awaitable[tuple[str, bool]]]


async def payload_of(event: Shared, key: object, encode: Encode) -> str:
    """`encode` gives a payload and whether it holds for the others, too: an error is everybody's own."""
    others = event.payloads.get(key)
    if others is None:
        return await _encode_for_all(event, key, encode)
    payload = others.result() if others.done() else await asyncio.shield(others)
    return payload if payload is not None else (await encode())[0]


async def _encode_for_all(event: Shared, key: object, encode: Encode) -> str:
    promise = event.payloads[key] = asyncio.get_running_loop().create_future()
    shared = None
    try:
        payload, holds = await encode()
        shared = payload if holds else None
        return payload
    finally:
        promise.set_result(shared)
        if shared is None:
            del event.payloads[key]
