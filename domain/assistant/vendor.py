"""One question to one provider: its dialect words the call, the wire carries it, the pieces of the answer come out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from domain.assistant.dialects import dialect_for
from domain.assistant.dialects.failures import MISCONFIGURED, of_wire
from domain.assistant.dialects.words import (
    Cite,
    Endpoint,
    Event,
    Failure,
    Model,
    NotCallable,
    Prompt,
    Reader,
    Script,
    Text,
    Usage,
)
from domain.assistant.models import Provider
from domain.chat.models import Citation
from domain.outbound import Call, Outbound, OutboundError

IDLE_S = 20.0
"""A little longer than the deadlines of replies, which see keep-alives as well."""


@dataclass(slots=True)
class Heard:
    """What an answer brought besides its text."""

    status: int | None = None
    citations: tuple[Citation, ...] = ()
    usage: Usage | None = None
    model: str | None = None
    failure: Failure | None = None


class Vendor:
    """`unseal` opens a stored key."""

    def __init__(self, outbound: Outbound, unseal: Callable[[str], str]) -> None:
        self._outbound = outbound
        self._unseal = unseal

    async def ask(self, provider: Provider, prompt: Prompt, heard: Heard) -> AsyncGenerator[str, None]:
        """The pieces of the answer as they come, "" as a sign of life; what else it brought stands in `heard`."""
        dialect = dialect_for(provider.config.type)
        reader = dialect.reader()
        try:
            call = dialect.call(self._endpoint(provider), prompt)
            async with aclosing(self._chunks(call, reader, heard)) as chunks:
                async for chunk in chunks:
                    yield _text(reader.feed(chunk), heard)
            yield _text(reader.close(), heard)
        except NotCallable as error:
            heard.failure = MISCONFIGURED.failure(str(error))
        except OutboundError as error:
            yield _text(reader.close(of_wire(error)), heard)

    async def _chunks(self, call: Call | Script, reader: Reader, heard: Heard) -> AsyncGenerator[bytes, None]:
        if isinstance(call, Script):
            async for piece in _recite(call):
                yield piece
            return
        async with self._outbound.stream(call, idle_s=IDLE_S) as answer:
            heard.status = answer.status
            reader.head(answer.status, answer.headers)
            async for chunk in answer.chunks:
                yield chunk

    def _endpoint(self, provider: Provider) -> Endpoint:
        config = provider.config
        key = self._unseal(provider.key_sealed) if provider.key_sealed else ""
        return Endpoint(config.type, config.base_url, key, config.default_model)


async def _recite(script: Script) -> AsyncIterator[bytes]:
    for piece in script.pieces:
        await asyncio.sleep(script.pause_s)
        yield piece


def _text(events: list[Event], heard: Heard) -> str:
    """The text among the events, empty where there is none; the rest is noted in `heard`."""
    text = ""
    for event in events:
        match event:
            case Text(piece):
                text += piece
            case Cite(citations):
                heard.citations = citations
            case Usage():
                heard.usage = event
            case Model(name):
                heard.model = name
            case Failure():
                heard.failure = event
    return text
