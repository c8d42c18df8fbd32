"""Who is behind a phone or a WeChat user, and when a phone has changed hands."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.accounts.models import Account, Sealed
from domain.accounts.phones import Phone
from domain.accounts.ports import AccountWork
from domain.clock import Clock
from domain.errors import Conflict
from domain.secrets import SecretBox

# Operators give a cancelled number to somebody new after three months or more.
UNSEEN = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Identities:
    box: SecretBox
    clock: Clock

    def seal(self, text: str) -> Sealed:
        return Sealed(self.box.seal(text), self.box.lookup_hash(text))

    async def by_phone(self, work: AccountWork, phone: Phone) -> Account | None:
        return await work.accounts.by_phone(self.box.lookup_hashes(phone.e164))

    async def by_wechat(self, work: AccountWork, openid: str) -> Account | None:
        return await work.accounts.by_wechat(self.box.lookup_hashes(openid))

    async def require_same_hands(self, work: AccountWork, account: Account) -> None:
        """Raises Conflict when the account is so long unused that its phone may be another person's by now."""
        if await self.is_unseen(work, account):
            raise phone_changed_hands()

    async def claim_phone(self, work: AccountWork, phone: Phone, *, claimant: UUID | None = None) -> None:
        """The phone is proven to be the caller's: an account long unused gives it up. Raises Conflict for any other."""
        holder = await self.by_phone(work, phone)
        if holder is None or holder.user.id == claimant:
            return
        if not await self.is_unseen(work, holder):
            raise phone_taken()
        await work.accounts.set_phone(holder.user.id, None, None)

    async def is_unseen(self, work: AccountWork, account: Account) -> bool:
        seen = await work.devices.last_used_at(account.user.id) or account.user.created_at
        return self.clock() - seen > UNSEEN


def username_taken() -> Conflict:
    return Conflict("用户名已被使用", "This username is taken.", field="username")


def phone_taken() -> Conflict:
    return Conflict("该手机号已绑定其他账号", "This phone belongs to another account.", field="phone")


def wechat_taken() -> Conflict:
    return Conflict("该微信已绑定其他账号", "This WeChat user belongs to another account.", field="code")


def phone_changed_hands() -> Conflict:
    return Conflict(
        "该手机号绑定的账号已半年未使用。为保护隐私，请用密码或微信登录；如果这是您新办的号码，请重新注册",
        "The account of this phone was not used for half a year. Sign in by password or WeChat, or register anew.",
        field="phone",
    )
