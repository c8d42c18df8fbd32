"""A new password ends every other sign-in."""

from dataclasses import dataclass

from domain.accounts import rules
from domain.accounts.codes import VerificationCodes
from domain.accounts.guard import SignInGuard
from domain.accounts.identities import Identities
from domain.accounts.models import Account, AuthPayload, CodePurpose, Visitor
from domain.accounts.passwords import Passwords
from domain.accounts.ports import AccountWorkFactory
from domain.accounts.sign_out import SignOut
from domain.accounts.tickets import Tickets
from domain.errors import BadUserInput, NotFound, Unauthenticated
from domain.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PasswordChange:
    work: AccountWorkFactory
    passwords: Passwords
    codes: VerificationCodes
    identities: Identities
    guard: SignInGuard
    tickets: Tickets
    sign_out: SignOut

    async def change(self, viewer: Viewer, old: str | None, new: str, visitor: Visitor) -> AuthPayload:
        """`old` is needed where there is one. Raises BadUserInput, RateLimited."""
        checked = rules.checked_password(new, field="new")
        async with self.work() as work:
            before = await work.accounts.account(viewer.user_id)
        if before is None:
            raise Unauthenticated
        await self._require_old(before, old, visitor)
        return await self._replace(before, checked, visitor)

    async def reset(self, phone: str, sms_code: str, new: str, visitor: Visitor) -> AuthPayload:
        """Raises BadUserInput, RateLimited, NotFound for a phone without account, Conflict for one long unused."""
        checked = rules.checked_password(new, field="new")
        number = await self.codes.redeem(phone, CodePurpose.RESET_PASSWORD, sms_code, visitor.address)
        async with self.work() as work:
            account = await self.identities.by_phone(work, number)
            if account is None:
                raise NotFound("该手机号没有注册", "No account has this phone.", field="phone")
            await self.identities.require_same_hands(work, account)
        return await self._replace(account, checked, visitor)

    async def _require_old(self, account: Account, old: str | None, visitor: Visitor) -> None:
        if account.password_hash is None:
            return
        name = str(account.user.id)
        await self.guard.visit(visitor.address)
        async with self.passwords.turn:
            await self.guard.before_secret(name, visitor.address)
            if not await self.passwords.verify(account.password_hash, old or ""):
                await self.guard.wrong_secret(name, visitor.address)
                raise wrong_old_password()

    async def _replace(self, before: Account, password: str, visitor: Visitor) -> AuthPayload:
        password_hash = await self.passwords.hash(password)
        async with self.sign_out.everywhere(before.user.id) as work:
            account = await work.accounts.account(before.user.id)
            if account is None or account.password_hash != before.password_hash:
                raise wrong_old_password()
            await work.accounts.set_password(account.user.id, password_hash)
            return await self.tickets.give(work, account, visitor)


def wrong_old_password() -> BadUserInput:
    return BadUserInput("原密码错误", "The old password is wrong.", field="old")
