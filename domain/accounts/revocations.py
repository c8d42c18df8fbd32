"""What this process knows of access tokens that are void before they expire."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.clock import Clock
from domain.viewer import Viewer

Watch = tuple[Viewer, asyncio.Event]


@dataclass(frozen=True, slots=True)
class Known:
    """Revocations as stored: the epoch that a user's tokens must have, and devices signed out."""

    epochs: dict[UUID, int] = field(default_factory=dict)
    devices: frozenset[UUID] = frozenset()


class Revocations:
    """A view in memory, so that checking a token costs no statement. It only ever grows stricter."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._epochs: dict[UUID, tuple[int, datetime]] = {}
        self._devices: dict[UUID, datetime] = {}
        self._watched: dict[UUID, set[Watch]] = {}

    def raise_epoch(self, user_id: UUID, epoch: int) -> None:
        known, _ = self._epochs.get(user_id, (0, None))
        self._epochs[user_id] = max(epoch, known), self._clock()
        self._wake(user_id)

    def revoke_device(self, device_id: UUID) -> None:
        self._devices[device_id] = self._clock()
        self._wake(device_id)

    def learn(self, known: Known) -> None:
        for user_id, epoch in known.epochs.items():
            self.raise_epoch(user_id, epoch)
        for device_id in known.devices:
            self.revoke_device(device_id)

    def forget_before(self, moment: datetime) -> None:
        """Drop what was learned before `moment`, when every token it concerned has expired by now."""
        self._epochs = {user: entry for user, entry in self._epochs.items() if entry[1] >= moment}
        self._devices = {device: at for device, at in self._devices.items() if at >= moment}

    def covers(self, viewer: Viewer) -> bool:
        if viewer.device_id in self._devices:
            return True
        epoch, _ = self._epochs.get(viewer.user_id, (0, None))
        return viewer.epoch < epoch

    @contextmanager
    def watching(self, viewer: Viewer) -> Iterator[asyncio.Event]:
        """An event that is set as soon as the viewer's token is void: for whoever keeps a connection open."""
        watch = viewer, asyncio.Event()
        for subject in (viewer.user_id, viewer.device_id):
            self._watched.setdefault(subject, set()).add(watch)
        self._wake(viewer.user_id)
        try:
            yield watch[1]
        finally:
            for subject in (viewer.user_id, viewer.device_id):
                self._unwatch(subject, watch)

    def _unwatch(self, subject: UUID, watch: Watch) -> None:
        self._watched[subject].discard(watch)
        if not self._watched[subject]:
            del self._watched[subject]

    def _wake(self, subject: UUID) -> None:
        for viewer, event in self._watched.get(subject, ()):
            if self.covers(viewer):
                event.set()
