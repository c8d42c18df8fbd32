"""Revoked access tokens, known to every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.errors import Unauthenticated
from domain.viewer import AccessRole
from persistence.revocations import RevocationFeed
from persistence.signals import Signals
from tests.accounts import SETTINGS, World, opened
from tests.waiting import until


@asynccontextmanager
async def process(dsn: str) -> AsyncIterator[World]:
    """What a process of its own has: pools, a view of revocations, a listening connection."""
    async with opened(dsn) as world:
        signals = Signals(dsn)
        revocations = world.accounts.revocations
        RevocationFeed(world.database, revocations, world.clock, SETTINGS.access_seconds).follow(signals)
        await signals.start()
        yield world
        await signals.close()


@pytest.mark.parametrize("all_devices", [False, True])
async def test_a_logout_is_known_elsewhere_within_a_second_and_wakes_who_waits(
    database_dsn: str, all_devices: bool
) -> None:
    async with process(database_dsn) as here, process(database_dsn) as there:
        payload = await here.register()
        viewer = there.viewer(payload)
        void = asyncio.Event()
        there.accounts.revocations.watch(viewer, void.set)
        await here.accounts.sign_out.logout(viewer, all_devices=all_devices)
        await asyncio.wait_for(void.wait(), 1.0)
        with pytest.raises(Unauthenticated):
            there.viewer(payload)


async def test_disabling_is_known_elsewhere_within_a_second(database_dsn: str) -> None:
    async with process(database_dsn) as here, process(database_dsn) as there:
        admin = await here.accounts.sign_in.create_admin("admin", "an admin's password")
        payload, admins = await here.register(), await here.login("admin", "an admin's password")
        viewer = there.viewer(payload)
        await here.accounts.administration.set_active(here.viewer(admins), str(viewer.user_id), active=False)
        await until(lambda: there.accounts.revocations.covers(viewer), within=1.0)
        assert there.viewer(admins).user_id == admin.id


async def test_a_new_role_voids_access_tokens_but_not_the_sign_in(database_dsn: str) -> None:
    async with process(database_dsn) as here, process(database_dsn) as there:
        await here.accounts.sign_in.create_admin("admin", "an admin's password")
        payload, admins = await here.register(), await here.login("admin", "an admin's password")
        old = there.viewer(payload)
        await here.accounts.administration.set_access_role(here.viewer(admins), str(old.user_id), AccessRole.ADMIN)
        await until(lambda: there.accounts.revocations.covers(old), within=1.0)
        renewed = await there.renew(payload)
        assert here.viewer(renewed).access_role is AccessRole.ADMIN


async def test_reuse_of_a_refresh_token_voids_the_access_tokens_of_the_device(database_dsn: str) -> None:
    async with opened(database_dsn) as here, process(database_dsn) as there:
        payload = await here.register()
        renewed = await here.renew(payload)
        viewer = there.viewer(renewed)
        here.clock.forward(seconds=31)
        with pytest.raises(Unauthenticated):
            await here.renew(payload)
        await until(lambda: there.accounts.revocations.covers(viewer), within=1.0)


async def test_a_process_that_starts_later_knows_what_was_revoked(database_dsn: str) -> None:
    async with process(database_dsn) as here:
        one = await here.register()
        two = await here.login()
        await here.accounts.sign_out.logout(here.viewer(one), all_devices=False)
    async with process(database_dsn) as later:
        with pytest.raises(Unauthenticated):
            later.viewer(one)
        await later.accounts.sign_out.logout(later.viewer(two), all_devices=True)
    async with process(database_dsn) as last:
        with pytest.raises(Unauthenticated):
            last.viewer(two)
        assert last.viewer(await last.login()).user_id == one.user.id
