"""What accounts need from outside."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from domain.accounts.models import (
    Account,
    CodePurpose,
    Device,
    NewAccount,
    RefreshToken,
    Sealed,
    User,
    UserFilter,
    WechatIdentity,
)
from domain.audit import AuditStore
from domain.needs import Needs
from domain.paging import Page


class AccountStore(Protocol):
    """Statements inside one transaction. What revokes tells every process when the transaction commits."""

    async def add(self, new: NewAccount) -> bool:
        """False when the username, the phone or the WeChat user is taken; then nothing is stored."""

    async def account(self, user_id: UUID) -> Account | None:
        """Locks the account until the end of the transaction: no sign-in while it is being disabled."""

    async def by_username(self, username_key: str) -> Account | None: ...

    async def by_phone(self, hashes: Sequence[bytes]) -> Account | None: ...

    async def by_wechat(self, hashes: Sequence[bytes]) -> Account | None: ...

    async def set_password(self, user_id: UUID, password_hash: str) -> None: ...

    async def set_phone(self, user_id: UUID, phone: Sealed | None, masked: str | None) -> bool:
        """False when it is another account's; then nothing is stored."""

    async def set_wechat(self, user_id: UUID, openid: Sealed) -> bool:
        """False when it is another account's; then nothing is stored."""

    async def change(self, user_id: UUID, changes: Mapping[str, Any]) -> None:
        """`changes`: by the names of User's fields."""

    async def raise_epoch(self, user_id: UUID, at: datetime) -> int | None:
        """Voids the access tokens given out so far. Returns the epoch from now on, None for an unknown user."""

    async def any_superadmin(self) -> bool: ...

    async def lock_active_superadmins(self) -> list[UUID]:
        """One transaction at a time, so that two who disable each other do not both succeed."""


class DeviceStore(Protocol):
    """Devices and their refresh tokens, inside one transaction."""

    async def add(self, device: Device, expires_at: datetime, address_hash: bytes) -> None: ...

    async def use(self, device_id: UUID, at: datetime, expires_at: datetime, address_hash: bytes) -> None: ...

    async def revoke(self, device_id: UUID, at: datetime) -> None: ...

    async def revoke_all(self, user_id: UUID, at: datetime) -> None: ...

    async def revoke_surplus(self, user_id: UUID, keep: int, at: datetime) -> None:
        """Signs out all but the `keep` devices used last."""

    async def last_used_at(self, user_id: UUID) -> datetime | None: ...

    async def is_known_address(self, user_id: UUID, address_hash: bytes) -> bool:
        """Whether the user was signed in from there."""

    async def add_token(self, token_hash: bytes, device_id: UUID, expires_at: datetime) -> None:
        """Nothing happens when it is stored already."""

    async def token(self, token_hash: bytes) -> RefreshToken | None:
        """Locks the device until the end of the transaction: one rotation at a time."""

    async def supersede(self, token_hash: bytes, at: datetime) -> None: ...


class CodeStore(Protocol):
    """One code for each phone and purpose."""

    async def put(
        self, phone_hash: bytes, purpose: CodePurpose, code_hash: bytes, tries: int, expires_at: datetime
    ) -> None: ...

    async def count_try(self, phone_hash: bytes, purpose: CodePurpose, at: datetime) -> bytes | None:
        """The hash of the code, locked, as long as it may be tried; one try less is left."""

    async def remove(self, phone_hash: bytes, purpose: CodePurpose) -> None: ...


class Avatars(Protocol):
    async def wear(self, user_id: UUID, file_id: UUID | None) -> bool:
        """False unless it is a READY avatar of this user. The one before goes; None: no face any more."""


class AccountWork(Protocol):
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def avatars(self) -> Avatars: ...
    @property
    def devices(self) -> DeviceStore: ...
    @property
    def codes(self) -> CodeStore: ...
    @property
    def audit(self) -> AuditStore: ...


AccountWorkFactory = Callable[[], AbstractAsyncContextManager[AccountWork]]


class AccountReads(Protocol):
    """Batched reads, each one statement, answering in the order of the keys."""

    async def users(self, ids: Sequence[UUID], needs: Needs | None = None) -> list[User | None]:
        """What `needs` does not name may lack."""

    async def devices(self, user_ids: Sequence[UUID]) -> list[list[Device]]:
        """Devices signed in, last used first."""

    async def page(self, asked: UserFilter, *, limit: int, after: str | None) -> Page[User]:
        """Users, newest first. Raises BadUserInput for a cursor that is none."""


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
