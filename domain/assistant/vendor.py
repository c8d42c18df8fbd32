"""One question to one provider: its dialect words the call, the wire carries it, the pieces of the answer come out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from domain.assistant.dialects import dialect_for
from domain.assistant.dialects.words import (
    Cite,
    Endpoint,
    Event,
    Failure,
    NotCallable,
    Prompt,
    Reader,
    Script,
    Text,
    Usage,
)
from domain.assistant.models import Provider
from domain.chat.models import Citation
from domain.errors import ErrorCode
from domain.outbound import Call, Outbound, OutboundError, Trouble

IDLE_S = 15.0


@dataclass(slots=True)
class Heard:
    """What an answer brought besides its text."""

    status: int | None = None
    citations: tuple[Citation, ...] = ()
    usage: Usage | None = None
    failure: Failure | None = None


class Vendor:
    """`unseal` opens a stored key."""

    def __init__(self, outbound: Outbound, unseal: Callable[[str], str]) -> None:
        self._outbound = outbound
        self._unseal = unseal

    async def ask(self, provider: Provider, prompt: Prompt, heard: Heard) -> AsyncGenerator[str, None]:
        """The pieces of the answer as they come; what else it brought stands in `heard` afterwards."""
        dialect = dialect_for(provider.config.type)
        reader = dialect.reader()
        try:
            call = dialect.call(self._endpoint(provider), prompt)
            async with aclosing(self._chunks(call, reader, heard)) as chunks:
                async for chunk in chunks:
                    for text in _texts(reader.feed(chunk), heard):
                        yield text
            for text in _texts(reader.close(), heard):
                yield text
        except NotCallable as error:
            heard.failure = unavailable(str(error), permanent=True)
        except OutboundError as error:
            for text in _texts(reader.close(failure_of(error)), heard):
                yield text

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


def _texts(events: list[Event], heard: Heard) -> list[str]:
    texts: list[str] = []
    for event in events:
        match event:
            case Text(text):
                texts.append(text)
            case Cite(citations):
                heard.citations = tuple(Citation(c.index, c.title, c.snippet, c.url) for c in citations)
            case Usage():
                heard.usage = event
            case Failure():
                heard.failure = event
    return texts


def failure_of(error: OutboundError) -> Failure:
    if error.trouble is Trouble.TIMEOUT:
        return timed_out(str(error))
    return unavailable(str(error), permanent=error.trouble is Trouble.BAD_ADDRESS)


def timed_out(log: str) -> Failure:
    return Failure(
        ErrorCode.UPSTREAM_TIMEOUT, False, log, "AI 服务响应超时，请稍后重试", "The AI service took too long."
    )


def unavailable(log: str, *, permanent: bool) -> Failure:
    return Failure(
        ErrorCode.UPSTREAM_UNAVAILABLE, permanent, log, "AI 服务暂时不可用", "The AI service is not available now."
    )
