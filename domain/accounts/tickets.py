"""Giving out and renewing the pair of tokens that one device signs in with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.accounts.guard import SignInGuard
from domain.accounts.models import Account, AuthPayload, Device, RefreshToken, Visitor
from domain.accounts.ports import AccountWork, AccountWorkFactory
from domain.accounts.tokens import AccessTokens, RefreshTokens, invalid_token
from domain.clock import Clock, new_id
from domain.errors import Forbidden

GRACE = timedelta(seconds=30)
DEVICES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Tickets:
    access: AccessTokens
    refresh: RefreshTokens
    guard: SignInGuard
    refresh_seconds: int
    clock: Clock

    async def give(
        self, work: AccountWork, account: Account, visitor: Visitor, *, is_new_user: bool = False
    ) -> AuthPayload:
        """Signs in a new device. Raises Forbidden for a disabled account."""
        if not account.user.is_active:
            raise Forbidden("账号已停用", "This account is disabled.")
        now = self.clock()
        device = Device(new_id(), account.user.id, visitor.device_name, now)
        await work.devices.add(device, self._refresh_expiry(), self.guard.address_hash(visitor.address))
        await work.devices.revoke_surplus(account.user.id, DEVICES_KEPT, now)
        return await self._pair(work, account, device.id, self.refresh.first(), is_new_user=is_new_user)

    async def renew(self, work: AccountWork, token: str, found: RefreshToken, visitor: Visitor) -> AuthPayload | None:
        """The next pair for the device, the same refresh token however often it is asked. None: no account any more."""
        account = await work.accounts.account(found.user_id)
        if account is None or not account.user.is_active:
            return None
        now = self.clock()
        if found.superseded_at is None:
            await work.devices.supersede(self.refresh.hash(token), now)
        address_hash = self.guard.address_hash(visitor.address)
        await work.devices.use(found.device_id, now, self._refresh_expiry(), address_hash)
        return await self._pair(work, account, found.device_id, self.refresh.successor(token))

    async def _pair(
        self, work: AccountWork, account: Account, device_id: UUID, refresh_token: str, *, is_new_user: bool = False
    ) -> AuthPayload:
        access_token, access_expires_at = self.access.issue(account, device_id)
        refresh_expires_at = self._refresh_expiry()
        await work.devices.add_token(self.refresh.hash(refresh_token), device_id, refresh_expires_at)
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

    async def renew(self, token: str, visitor: Visitor) -> AuthPayload:
        """Raises Unauthenticated for a token unknown, expired, revoked or used before."""
        async with self.work() as work:
            payload = await self._answer(work, token, visitor)
        if payload is None:
            raise invalid_token()
        return payload

    async def _answer(self, work: AccountWork, token: str, visitor: Visitor) -> AuthPayload | None:
        found = await work.devices.token(RefreshTokens.hash(token))
        now = self.tickets.clock()
        if found is None or found.device_revoked or found.expires_at <= now:
            return None
        if found.superseded_at is not None and now - found.superseded_at > GRACE:
            await work.devices.revoke(found.device_id, now)
            return None
        return await self.tickets.renew(work, token, found, visitor)
