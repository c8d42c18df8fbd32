"""Tells every process when people or things left a conversation, so that nobody goes on watching what is not theirs."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from persistence.connection import Connection
from persistence.signals import Signals, notify

SIGNAL = "left"


async def tell_departure(connection: Connection, session_id: UUID) -> None:
    await notify(connection, SIGNAL, str(session_id))


class Departures:
    """Implements `domain.assistant.ports.Departures`."""

    def __init__(self) -> None:
        self._watched: dict[UUID, set[asyncio.Event]] = defaultdict(set)

    def follow(self, signals: Signals) -> None:
        signals.on(SIGNAL, lambda payload: self._doubt(UUID(payload)))
        signals.on_gap(self._doubt_all)

    @contextmanager
    def watch(self, session_id: UUID) -> Iterator[asyncio.Event]:
        doubt = asyncio.Event()
        self._watched[session_id].add(doubt)
        try:
            yield doubt
        finally:
            self._watched[session_id].discard(doubt)
            if not self._watched[session_id]:
                del self._watched[session_id]

    def _doubt(self, session_id: UUID) -> None:
        for doubt in self._watched.get(session_id, ()):
            doubt.set()

    async def _doubt_all(self) -> None:
        for session_id in self._watched:
            self._doubt(session_id)
