"""Keeps a process's view of revoked access tokens fresh: read at start and now and then, told by signals between."""

import asyncio
import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from domain.accounts.revocations import Known, Revocations
from domain.clock import Clock
from persistence.connection import Connection
from persistence.engine import Database
from persistence.signals import Signals, notify
from persistence.tables.accounts import devices, users

EPOCH, DEVICE = "epoch", "device"
RELOAD_SECONDS = 60
log = logging.getLogger(__name__)


async def announce_epoch(connection: Connection, user_id: UUID, epoch: int) -> None:
    await notify(connection, EPOCH, f"{user_id}:{epoch}")


async def announce_device(connection: Connection, device_id: UUID) -> None:
    await notify(connection, DEVICE, str(device_id))


class RevocationFeed:
    """`access_seconds`: how long access tokens live, and so how far back revocations matter."""

    def __init__(self, database: Database, revocations: Revocations, clock: Clock, access_seconds: int) -> None:
        self._database = database
        self._revocations = revocations
        self._clock = clock
        self._window = timedelta(seconds=access_seconds) + timedelta(minutes=5)

    def follow(self, signals: Signals) -> None:
        """Before `signals.start()`, which then does the first load."""
        signals.on(EPOCH, self._epoch_heard)
        signals.on(DEVICE, lambda payload: self._revocations.revoke_device(UUID(payload)))
        signals.on_gap(self.load)

    async def load(self) -> None:
        since = self._clock() - self._window
        raised = select(users.c.id, users.c.epoch).where(users.c.epoch_raised_at >= since)
        revoked = select(devices.c.id).where(devices.c.revoked_at >= since)
        async with self._database.transaction() as connection:
            epochs = {row[0]: row[1] for row in await connection.execute(raised)}
            gone = frozenset(await connection.scalars(revoked))
        self._revocations.learn(Known(epochs, gone))
        self._revocations.forget_before(since)

    async def keep_fresh(self) -> None:
        """Runs for ever: forgets what has expired, and makes good for whatever signal was lost."""
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            try:
                await self.load()
            except Exception as error:
                log.warning("reading revocations failed: %s", type(error).__name__)

    def _epoch_heard(self, payload: str) -> None:
        user_id, _, epoch = payload.partition(":")
        self._revocations.raise_epoch(UUID(user_id), int(epoch))
