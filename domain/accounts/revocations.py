"""What this process knows of access tokens that are void before they expire."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.clock import Clock
from domain.viewer import Viewer

Listener = Callable[[], None]


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
        self._watched: dict[UUID, set[tuple[Viewer, Listener]]] = {}

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

    def watch(self, viewer: Viewer, listener: Listener) -> None:
        """Calls `listener` as soon as the viewer's token is void: for whoever keeps a connection open."""
        for subject in (viewer.user_id, viewer.device_id):
            self._watched.setdefault(subject, set()).add((viewer, listener))
        if self.covers(viewer):
            listener()

    def forget(self, viewer: Viewer, listener: Listener) -> None:
        for subject in (viewer.user_id, viewer.device_id):
            watches = self._watched.get(subject, set())
            watches.discard((viewer, listener))
            if not watches:
                self._watched.pop(subject, None)

    def _wake(self, subject: UUID) -> None:
        for viewer, listener in tuple(self._watched.get(subject, ())):
            if self.covers(viewer):
                listener()
