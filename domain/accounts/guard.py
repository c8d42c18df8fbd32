"""What holds guessing back: tight for whoever fails, never long for whoever is attacked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.accounts.phones import Phone
from domain.errors import RateLimited
from domain.limits import Allowance, Limiter, Networks, network_of
from domain.secrets import SecretBox

TRIES_BY_ADDRESS = Allowance("sign-in tries of an address", 1_000, 600)
FAILURES_BY_ADDRESS = Allowance("failures of an address", 50, 600)
FAILURES_AT_ACCOUNT_BY_ADDRESS = Allowance("failures of an address at an account", 10, 600)
FAILURES_AT_ACCOUNT = Allowance("failures at an account", 30, 900)
CODE_A_MINUTE = Allowance("codes to a phone a minute", 1, 60)
CODES_A_DAY = Allowance("codes to a phone a day", 10, 86_400)
CODES_BY_ADDRESS = Allowance("codes by an address", 60, 3_600)
REGISTRATIONS_BY_ADDRESS = Allowance("registrations by an address", 200, 3_600)


@dataclass(frozen=True, slots=True)
class SignInGuard:
    """Everything raises RateLimited. `name`: whom the tries are aimed at; it is hashed before it becomes a key."""

    limiter: Limiter
    box: SecretBox
    networks: Networks

    async def visit(self, address: str) -> None:
        """Any try to sign in, whatever comes of it."""
        await self._take_here(TRIES_BY_ADDRESS, address)

    async def before_secret(self, name: str, address: str) -> None:
        where = network_of(address)
        await self.limiter.check(self.networks.share(FAILURES_BY_ADDRESS, address), where)
        await self.limiter.check(FAILURES_AT_ACCOUNT_BY_ADDRESS, self._key(name), where)

    async def before_password(self, name: str, address: str, is_known: Callable[[], Awaitable[bool]]) -> None:
        """An address that the account was used from before is spared what strangers spoiled."""
        await self.before_secret(name, address)
        try:
            await self.limiter.check(FAILURES_AT_ACCOUNT, self._key(name))
        except RateLimited:
            if not await is_known():
                raise

    async def wrong_secret(self, name: str, address: str) -> None:
        where = network_of(address)
        await self._count(self.networks.share(FAILURES_BY_ADDRESS, address), where)
        await self._count(FAILURES_AT_ACCOUNT_BY_ADDRESS, self._key(name), where)

    async def wrong_password(self, name: str, address: str) -> None:
        await self.wrong_secret(name, address)
        await self._count(FAILURES_AT_ACCOUNT, self._key(name))

    async def before_code(self, phone: Phone, address: str) -> None:
        await self._take_here(CODES_BY_ADDRESS, address)
        await self.limiter.take(CODE_A_MINUTE, self._key(phone.e164))
        await self.limiter.take(CODES_A_DAY, self._key(phone.e164))

    async def before_registration(self, address: str) -> None:
        await self._take_here(REGISTRATIONS_BY_ADDRESS, address)

    def address_hash(self, address: str) -> bytes:
        return self.box.lookup_hash(network_of(address))

    async def _take_here(self, allowance: Allowance, address: str) -> None:
        await self.limiter.take(self.networks.share(allowance, address), network_of(address))

    async def _count(self, allowance: Allowance, *keys: str) -> None:
        try:
            await self.limiter.take(allowance, *keys)
        except RateLimited:
            return  # the last one allowed was counted meanwhile; the next try meets `check`

    def _key(self, name: str) -> str:
        return self.box.lookup_hash(name.encode(errors="replace").decode()).hex()[:32]
