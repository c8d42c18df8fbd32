"""What attempts have said so far, written down now and then: whoever gives up after killed processes still has it."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from domain.assistant.attempts import Attempt
from domain.assistant.ports import AssistantWork
from domain.chat.ports import OpensWork

EVERY_S = 5.0

log = logging.getLogger(__name__)


class Notebook:
    """One statement for all who speak: a thousand of their own would take a tenth of a core."""

    def __init__(self, work: OpensWork[AssistantWork]) -> None:
        self._work = work
        self._written: dict[Attempt, str] = {}
        self._writing: asyncio.Task[None] | None = None

    @contextmanager
    def keeping(self, attempt: Attempt) -> Iterator[None]:
        self._written[attempt] = ""
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_on(), name="notebook")
        try:
            yield
        finally:
            del self._written[attempt]

    async def _write_on(self) -> None:
        """Until nobody speaks."""
        try:
            while self._written:
                await asyncio.sleep(EVERY_S)
                try:
                    await self._write()
                except Exception as error:
                    log.warning("what replies say could not be written down: %s", type(error).__name__)
        finally:
            self._writing = None

    async def _write(self) -> None:
        fresh = {attempt: text for attempt, known in self._written.items() if (text := attempt.text) != known}
        if fresh:
            async with self._work() as opened:
                await opened.interactions.note({attempt.id: text for attempt, text in fresh.items()})
            self._written |= {attempt: text for attempt, text in fresh.items() if attempt in self._written}
