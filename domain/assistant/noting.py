"""What an attempt has said so far, written down now and then: whoever gives up after killed processes still has it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from domain.assistant.attempts import Attempt
from domain.assistant.ports import AssistantWork
from domain.chat.ports import OpensWork
from domain.errors import StorageAway

EVERY_S = 5.0


@asynccontextmanager
async def noted(work: OpensWork[AssistantWork], attempt: Attempt) -> AsyncIterator[None]:
    over = asyncio.Event()
    noting = asyncio.create_task(_note(work, attempt, over))
    try:
        yield
    finally:
        over.set()
        await asyncio.wait({noting})


async def _note(work: OpensWork[AssistantWork], attempt: Attempt, over: asyncio.Event) -> None:
    known = ""
    while not await _within(over):
        if attempt.text != known:
            known = attempt.text
            with suppress(StorageAway):
                async with work() as opened:
                    await opened.interactions.note(attempt.id, known)


async def _within(over: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(EVERY_S):
            return await over.wait()
    except TimeoutError:
        return False
