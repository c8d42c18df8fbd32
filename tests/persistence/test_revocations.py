"""Revoked access tokens, known to every process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.accounts.service import Accounts
from domain.clock import utc_now
from domain.errors import Unauthenticated
from persistence.revocations import RevocationFeed
from persistence.signals import Signals
from tests.accounts import NOBODY, PASSWORD, SETTINGS, opened
from tests.clock import MovedClock
from tests.waiting import until


@asynccontextmanager
async def process(dsn: str) -> AsyncIterator[Accounts]:
    """What a process of its own has: pools, a view of revocations, a listening connection."""
    async with opened(dsn, utc_now) as (accounts, database):
        signals = Signals(dsn)
        RevocationFeed(database, accounts.revocations, utc_now, SETTINGS.access_seconds).follow(signals)
        await signals.start()
        yield accounts
        await signals.close()


@pytest.mark.parametrize("all_devices", [False, True])
async def test_a_logout_is_known_elsewhere_within_a_second_and_wakes_who_waits(
    database_dsn: str, all_devices: bool
) -> None:
    async with process(database_dsn) as here, process(database_dsn) as there:
        payload = await here.sign_in.register("li.wei", PASSWORD, NOBODY, None)
        viewer = there.authenticator.viewer(payload.access_token)
        void = asyncio.Event()
        there.revocations.watch(viewer, void.set)
        await here.sign_in.logout(viewer, all_devices=all_devices)
        await asyncio.wait_for(void.wait(), 1.0)
        with pytest.raises(Unauthenticated):
            there.authenticator.viewer(payload.access_token)


async def test_reuse_of_a_refresh_token_voids_the_access_tokens_of_the_device(database_dsn: str) -> None:
    clock = MovedClock()
    async with opened(database_dsn, clock) as (here, _), process(database_dsn) as there:
        payload = await here.sign_in.register("li.wei", PASSWORD, NOBODY, None)
        renewed = await here.renewal.renew(payload.refresh_token)
        viewer = there.authenticator.viewer(renewed.access_token)
        clock.forward(seconds=31)
        with pytest.raises(Unauthenticated):
            await here.renewal.renew(payload.refresh_token)
        await until(lambda: there.revocations.covers(viewer), within=1.0)


async def test_a_process_that_starts_later_knows_what_was_revoked(database_dsn: str) -> None:
    async with process(database_dsn) as here:
        one = await here.sign_in.register("li.wei", PASSWORD, NOBODY, None)
        two = await here.sign_in.login("li.wei", PASSWORD, None)
        await here.sign_in.logout(here.authenticator.viewer(one.access_token), all_devices=False)
    async with process(database_dsn) as later:
        with pytest.raises(Unauthenticated):
            later.authenticator.viewer(one.access_token)
        later.authenticator.viewer(two.access_token)
        await later.sign_in.logout(later.authenticator.viewer(two.access_token), all_devices=True)
    async with process(database_dsn) as last:
        with pytest.raises(Unauthenticated):
            last.authenticator.viewer(two.access_token)
        again = await last.sign_in.login("li.wei", PASSWORD, None)
        last.authenticator.viewer(again.access_token)
