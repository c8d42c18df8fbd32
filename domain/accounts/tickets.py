"""Giving out and renewing the pair of tokens that one device signs in with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.accounts.models import Account, AuthPayload, Device, RefreshToken
from domain.accounts.ports import AccountStore, AccountWorkFactory
from domain.accounts.tokens import AccessTokens, RefreshTokens, invalid_token
from domain.clock import Clock, new_id

GRACE = timedelta(seconds=30)
DEVICES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Tickets:
    access: AccessTokens
    refresh: RefreshTokens
    refresh_seconds: int
    clock: Clock

    async def for_new_device(
        self, store: AccountStore, account: Account, name: str | None, *, is_new_user: bool = False
    ) -> AuthPayload:
        now = self.clock()
        device = Device(new_id(), account.user.id, name, now)
        await store.add_device(device, self._refresh_expiry())
        await store.revoke_surplus_devices(account.user.id, DEVICES_KEPT, now)
        return await self._payload(store, account, device.id, self.refresh.first(), is_new_user=is_new_user)

    async def renew(self, store: AccountStore, token: str, found: RefreshToken) -> AuthPayload | None:
        """The next pair for the device, the same refresh token however often it is asked. None: no account any more."""
        account = await store.account(found.user_id)
        if account is None or not account.user.is_active:
            return None
        if found.superseded_at is None:
            await store.supersede(self.refresh.hash(token), self.clock())
        await store.use_device(found.device_id, self.clock(), self._refresh_expiry())
        return await self._payload(store, account, found.device_id, self.refresh.successor(token))

    async def _payload(
        self, store: AccountStore, account: Account, device_id: UUID, refresh_token: str, *, is_new_user: bool = False
    ) -> AuthPayload:
        access_token, access_expires_at = self.access.issue(account, device_id)
        refresh_expires_at = self._refresh_expiry()
        await store.add_refresh_token(self.refresh.hash(refresh_token), device_id, refresh_expires_at)
        return AuthPayload(
            access_token, access_expires_at, refresh_token, refresh_expires_at, account.user, is_new_user
        )

    def _refresh_expiry(self) -> datetime:
        return self.clock().replace(microsecond=0) + timedelta(seconds=self.refresh_seconds)


@dataclass(frozen=True, slots=True)
class Renewal:
    """Rotation with detection of reuse: a token that comes again after the grace was copied, and ends its family."""

    work: AccountWorkFactory
    tickets: Tickets

    async def renew(self, token: str) -> AuthPayload:
        """Raises Unauthenticated for a token unknown, expired, revoked or used before."""
        async with self.work() as work:
            payload = await self._answer(work.accounts, token)
        if payload is None:
            raise invalid_token()
        return payload

    async def _answer(self, store: AccountStore, token: str) -> AuthPayload | None:
        found = await store.refresh_token(RefreshTokens.hash(token))
        now = self.tickets.clock()
        if found is None or found.device_revoked or found.expires_at <= now:
            return None
        if found.superseded_at is not None and now - found.superseded_at > GRACE:
            await store.revoke_device(found.device_id, now)
            return None
        return await self.tickets.renew(store, token, found)
