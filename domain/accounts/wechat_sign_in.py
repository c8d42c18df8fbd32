"""Signing in by WeChat."""

from dataclasses import dataclass

from domain.accounts.guard import SignInGuard
from domain.accounts.identities import Identities, wechat_taken
from domain.accounts.models import Account, AuthPayload, NewAccount, User, Visitor
from domain.accounts.people import new_user
from domain.accounts.phones import Phone, PhoneBook
from domain.accounts.ports import AccountWork, AccountWorkFactory, WechatServer
from domain.accounts.tickets import Tickets
from domain.clock import Clock
from domain.errors import Conflict, Unauthenticated
from domain.viewer import Viewer


@dataclass(frozen=True, slots=True)
class WechatSignIn:
    work: AccountWorkFactory
    wechat: WechatServer
    identities: Identities
    phones: PhoneBook
    guard: SignInGuard
    tickets: Tickets
    clock: Clock

    async def login(self, code: str, phone_code: str | None, visitor: Visitor) -> AuthPayload:
        """An unknown WeChat user enters the account of the phone they prove, or gets one of their own."""
        await self.guard.visit(visitor.address)
        openid = (await self.wechat.identify(code)).openid
        phone = self.phones.proven(await self.wechat.phone_number(phone_code)) if phone_code is not None else None
        async with self.work() as work:
            account = await self._known(work, openid, phone)
            if account is not None:
                return await self.tickets.give(work, account, visitor)
            new = await self._new(work, openid, phone)
            if await work.accounts.add(new):
                return await self.tickets.give(work, new.account, visitor, is_new_user=True)
            # A second sign-in of the same new user was faster.
            account = await self.identities.by_wechat(work, openid)
            if account is None:
                raise wechat_taken()
            return await self.tickets.give(work, account, visitor)

    async def bind(self, viewer: Viewer, code: str) -> User:
        """Raises Conflict for another account's WeChat user, and what WeChat raises."""
        openid = (await self.wechat.identify(code)).openid
        async with self.work() as work:
            holder = await self.identities.by_wechat(work, openid)
            if holder is not None and holder.user.id != viewer.user_id:
                raise wechat_taken()
            if not await work.accounts.set_wechat(viewer.user_id, self.identities.seal(openid)):
                raise wechat_taken()
            account = await work.accounts.account(viewer.user_id)
        if account is None:
            raise Unauthenticated
        return account.user

    async def _known(self, work: AccountWork, openid: str, phone: Phone | None) -> Account | None:
        account = await self.identities.by_wechat(work, openid)
        if phone is None:
            return account
        if account is None:
            return await self._enter_by_phone(work, openid, phone)
        if account.user.phone is None:
            await self._add_phone(work, account, phone)
            return await work.accounts.account(account.user.id)
        return account

    async def _enter_by_phone(self, work: AccountWork, openid: str, phone: Phone) -> Account | None:
        account = await self.identities.by_phone(work, phone)
        if account is None or await self.identities.is_unseen(work, account):
            return None
        await work.accounts.set_wechat(account.user.id, self.identities.seal(openid))
        return account

    async def _add_phone(self, work: AccountWork, account: Account, phone: Phone) -> None:
        try:
            await self.identities.claim_phone(work, phone, claimant=account.user.id)
        except Conflict:
            return  # the phone stays with the account that has it; signing in by WeChat works all the same
        await work.accounts.set_phone(account.user.id, self.identities.seal(phone.e164), phone.masked)

    async def _new(self, work: AccountWork, openid: str, phone: Phone | None) -> NewAccount:
        if phone is not None:
            await self.identities.claim_phone(work, phone)
        return NewAccount(
            new_user(self.clock(), phone=phone.masked if phone is not None else None),
            phone=self.identities.seal(phone.e164) if phone is not None else None,
            wechat=self.identities.seal(openid),
        )
