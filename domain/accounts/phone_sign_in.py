"""Signing in, and proving a phone, by a code sent to it."""

from dataclasses import dataclass

from domain.accounts.codes import VerificationCodes
from domain.accounts.identities import Identities, phone_taken
from domain.accounts.models import AuthPayload, CodePurpose, NewAccount, User, Visitor
from domain.accounts.people import new_user
from domain.accounts.phones import Phone
from domain.accounts.ports import AccountWorkFactory, WechatServer
from domain.accounts.tickets import Tickets
from domain.clock import Clock
from domain.errors import BadUserInput, Unauthenticated
from domain.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PhoneProof:
    """A phone with the code sent to it, or a code of WeChat's phone button."""

    phone: str | None = None
    sms_code: str | None = None
    wechat_phone_code: str | None = None


@dataclass(frozen=True, slots=True)
class PhoneSignIn:
    work: AccountWorkFactory
    codes: VerificationCodes
    wechat: WechatServer
    identities: Identities
    tickets: Tickets
    clock: Clock

    async def login(self, phone: str, sms_code: str, visitor: Visitor) -> AuthPayload:
        """An unknown phone gets an account. Raises BadUserInput for the code, Conflict for a phone long unused."""
        number = await self.codes.redeem(phone, CodePurpose.LOGIN, sms_code, visitor.address)
        async with self.work() as work:
            account = await self.identities.by_phone(work, number)
            if account is not None:
                await self.identities.require_same_hands(work, account)
                return await self.tickets.give(work, account, visitor)
            new = NewAccount(new_user(self.clock(), phone=number.masked), phone=self.identities.seal(number.e164))
            if not await work.accounts.add(new):
                raise phone_taken()
            return await self.tickets.give(work, new.account, visitor, is_new_user=True)

    async def bind(self, viewer: Viewer, proof: PhoneProof, visitor: Visitor) -> User:
        """Raises BadUserInput, Conflict for another account's phone, and what WeChat raises."""
        number = await self._proven(proof, visitor)
        async with self.work() as work:
            await self.identities.claim_phone(work, number, claimant=viewer.user_id)
            if not await work.accounts.set_phone(viewer.user_id, self.identities.seal(number.e164), number.masked):
                raise phone_taken()
            account = await work.accounts.account(viewer.user_id)
        if account is None:
            raise Unauthenticated
        return account.user

    async def _proven(self, proof: PhoneProof, visitor: Visitor) -> Phone:
        if proof.wechat_phone_code is not None and proof.phone is None:
            return self.codes.phones.proven(await self.wechat.phone_number(proof.wechat_phone_code))
        if proof.phone is None or proof.sms_code is None:
            raise BadUserInput(
                "请填写手机号和验证码，或使用微信手机号", "A phone and its code, or WeChat's phone code.", field="phone"
            )
        return await self.codes.redeem(proof.phone, CodePurpose.BIND_PHONE, proof.sms_code, visitor.address)
