"""Ending sign-ins, effective at once here and, by signals, on every other process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from domain.accounts.ports import AccountWork, AccountWorkFactory
from domain.accounts.revocations import Revocations
from domain.clock import Clock
from domain.errors import NotFound
from domain.viewer import Viewer


@dataclass(frozen=True, slots=True)
class SignOut:
    work: AccountWorkFactory
    revocations: Revocations
    clock: Clock

    async def logout(self, viewer: Viewer, *, all_devices: bool) -> None:
        """Access and refresh tokens of the device, or of all, are void."""
        if all_devices:
            async with self.everywhere(viewer.user_id):
                return
        async with self.work() as work:
            await work.devices.revoke(viewer.device_id, self.clock())
        self.revocations.revoke_device(viewer.device_id)

    @asynccontextmanager
    async def everywhere(self, user_id: UUID) -> AsyncIterator[AccountWork]:
        """A transaction before which every sign-in of the user has ended. What it signs in is new."""
        async with self.voiding_access(user_id) as work:
            await work.devices.revoke_all(user_id, self.clock())
            yield work

    @asynccontextmanager
    async def voiding_access(self, user_id: UUID) -> AsyncIterator[AccountWork]:
        """A transaction that voids the access tokens given out so far: clients refresh and come back."""
        async with self.work() as work:
            epoch = await work.accounts.raise_epoch(user_id, self.clock())
            if epoch is None:
                raise NotFound(field="userId")
            yield work
        self.revocations.raise_epoch(user_id, epoch)
