"""Codes sent by text message: six digits, five minutes, one use, five tries, for one phone and one purpose."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from domain.accounts.guard import SignInGuard
from domain.accounts.models import CodePurpose
from domain.accounts.phones import Phone, PhoneBook
from domain.accounts.ports import AccountWorkFactory, SmsSender
from domain.clock import Clock
from domain.errors import BadUserInput
from domain.secrets import SecretBox

MINUTES = 5
TRIES = 5


@dataclass(frozen=True, slots=True)
class VerificationCodes:
    work: AccountWorkFactory
    sender: SmsSender
    guard: SignInGuard
    phones: PhoneBook
    box: SecretBox
    clock: Clock

    async def send(self, phone: str, purpose: CodePurpose, address: str) -> None:
        """The same for every phone: neither answer nor time tells whether somebody is registered under it."""
        number = self.phones.read(phone)
        await self.guard.before_code(number, address)
        code = f"{secrets.randbelow(1_000_000):06}"
        expires_at = self.clock() + timedelta(minutes=MINUTES)
        async with self.work() as work:
            await work.codes.put(self._phone_key(number), purpose, self._hash(number, purpose, code), TRIES, expires_at)
        await self.sender.send_code(number.e164, code, MINUTES)

    async def redeem(self, phone: str, purpose: CodePurpose, code: str, address: str) -> Phone:
        """The phone, proven to be the caller's. Raises BadUserInput for a wrong, used or expired code; RateLimited."""
        number = self.phones.read(phone)
        await self.guard.visit(address)
        await self.guard.before_secret(number.e164, address)
        if not await self._spend(number, purpose, code):
            await self.guard.wrong_secret(number.e164, address)
            raise BadUserInput("验证码错误或已过期", "The code is wrong or has expired.", field="smsCode")
        return number

    async def _spend(self, phone: Phone, purpose: CodePurpose, code: str) -> bool:
        code = code.strip()
        if not (code.isascii() and code.isdigit()):
            return False
        key = self._phone_key(phone)
        async with self.work() as work:
            stored = await work.codes.count_try(key, purpose, self.clock())
            right = stored is not None and hmac.compare_digest(stored, self._hash(phone, purpose, code))
            if right:
                await work.codes.remove(key, purpose)
        return right

    def _phone_key(self, phone: Phone) -> bytes:
        return self.box.lookup_hash(phone.e164)

    def _hash(self, phone: Phone, purpose: CodePurpose, code: str) -> bytes:
        return self.box.lookup_hash(f"{purpose.value} {phone.e164} {code}")
