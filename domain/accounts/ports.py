"""What accounts need from outside."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.accounts.models import Account, Device, RefreshToken, User, WechatIdentity


class AccountStore(Protocol):
    """Statements inside one transaction. What revokes tells every process when the transaction commits."""

    async def add_user(self, user: User, username_key: str | None, password_hash: str | None) -> bool:
        """False when the username is taken; then nothing is stored."""

    async def account_by_username(self, username_key: str) -> Account | None: ...

    async def account(self, user_id: UUID) -> Account | None: ...

    async def set_password(self, user_id: UUID, password_hash: str) -> None: ...

    async def any_superadmin(self) -> bool: ...

    async def add_device(self, device: Device, expires_at: datetime) -> None: ...

    async def use_device(self, device_id: UUID, at: datetime, expires_at: datetime) -> None: ...

    async def revoke_device(self, device_id: UUID, at: datetime) -> None: ...

    async def revoke_devices(self, user_id: UUID, at: datetime) -> int:
        """Signs out every device of the user and raises the epoch, which is returned."""

    async def revoke_surplus_devices(self, user_id: UUID, keep: int, at: datetime) -> None:
        """Signs out all but the `keep` devices used last."""

    async def add_refresh_token(self, token_hash: bytes, device_id: UUID, expires_at: datetime) -> None:
        """Nothing happens when it is stored already."""

    async def refresh_token(self, token_hash: bytes) -> RefreshToken | None:
        """Locks the device until the end of the transaction: one rotation at a time."""

    async def supersede(self, token_hash: bytes, at: datetime) -> None: ...


class AccountWork(Protocol):
    @property
    def accounts(self) -> AccountStore: ...


AccountWorkFactory = Callable[[], AbstractAsyncContextManager[AccountWork]]


class AccountReads(Protocol):
    """Batched reads, each one statement, answering in the order of the keys."""

    async def users(self, ids: Sequence[UUID]) -> list[User | None]: ...

    async def devices(self, user_ids: Sequence[UUID]) -> list[list[Device]]:
        """Devices signed in, last used first."""


class SmsSender(Protocol):
    async def send_code(self, phone: str, code: str, minutes: int) -> None:
        """`phone`: E.164. Raises RateLimited, BadUserInput (a number that takes no messages), UpstreamUnavailable
        and UpstreamTimeout, each in words for people."""


class WechatServer(Protocol):
    """WeChat's server for mini-programs. Codes are good once, for five minutes.

    Both raise BadUserInput for a code that is used, expired or foreign (the client asks `wx.login` again), RateLimited,
    Forbidden for somebody WeChat blocks, UpstreamUnavailable for a wrong configuration or WeChat down, UpstreamTimeout.
    """

    async def identify(self, code: str) -> WechatIdentity:
        """By jscode2session. The session_key that comes along is dropped at once: nothing here needs it."""

    async def phone_number(self, code: str) -> str:
        """E.164, by getuserphonenumber: a code of the button, not that of `wx.login`."""
