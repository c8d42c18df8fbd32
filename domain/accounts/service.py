"""All that accounts offer to the rings above, put together from plain values and what is outside."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.accounts.administration import Administration
from domain.accounts.codes import VerificationCodes
from domain.accounts.directory import Directory
from domain.accounts.guard import SignInGuard
from domain.accounts.identities import Identities
from domain.accounts.password_change import PasswordChange
from domain.accounts.passwords import PasswordCost, Passwords
from domain.accounts.phone_sign_in import PhoneSignIn
from domain.accounts.phones import PhoneBook
from domain.accounts.ports import AccountReads, AccountWorkFactory, SmsSender, WechatServer
from domain.accounts.profiles import Profiles
from domain.accounts.revocations import Revocations
from domain.accounts.sign_in import SignIn
from domain.accounts.sign_out import SignOut
from domain.accounts.tickets import Renewal, Tickets
from domain.accounts.tokens import AccessTokens, RefreshTokens, invalid_token
from domain.accounts.wechat_sign_in import WechatSignIn
from domain.clock import Clock
from domain.limits import Limiter, Networks
from domain.secrets import SecretBox
from domain.viewer import Viewer


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """`jwt_keys`: newest first; tokens under any of them are believed. `phone_regions`: ISO 3166 codes."""

    jwt_keys: Sequence[str]
    access_seconds: int
    refresh_seconds: int
    password_cost: PasswordCost
    phone_regions: frozenset[str] = frozenset({"CN"})


@dataclass(frozen=True, slots=True)
class Outside:
    """What accounts reach beyond the domain."""

    work: AccountWorkFactory
    reads: AccountReads
    limiter: Limiter
    sms: SmsSender
    wechat: WechatServer
    box: SecretBox
    clock: Clock
    networks: Networks


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Says who bears an access token, from the token and the revocations known here: no statement."""

    tokens: AccessTokens
    revocations: Revocations

    def viewer(self, token: str) -> Viewer:
        """Raises Unauthenticated for a token that is forged, expired or revoked."""
        viewer = self.tokens.read(token)
        if self.revocations.covers(viewer):
            raise invalid_token()
        return viewer


@dataclass(frozen=True, slots=True)
class Accounts:
    authenticator: Authenticator
    revocations: Revocations
    limiter: Limiter
    sign_in: SignIn
    sign_out: SignOut
    renewal: Renewal
    codes: VerificationCodes
    phone: PhoneSignIn
    wechat: WechatSignIn
    password: PasswordChange
    profiles: Profiles
    administration: Administration
    directory: Directory


def accounts_from(settings: AccountSettings, outside: Outside) -> Accounts:
    work, clock = outside.work, outside.clock
    access = AccessTokens(settings.jwt_keys, settings.access_seconds, clock)
    guard = SignInGuard(outside.limiter, outside.box, outside.networks)
    tickets = Tickets(access, RefreshTokens(settings.jwt_keys[0]), guard, settings.refresh_seconds, clock)
    revocations = Revocations(clock)
    passwords = Passwords(settings.password_cost)
    identities = Identities(outside.box, clock)
    phones = PhoneBook(settings.phone_regions)
    codes = VerificationCodes(work, outside.sms, guard, phones, outside.box, clock)
    sign_out = SignOut(work, revocations, clock)
    return Accounts(
        authenticator=Authenticator(access, revocations),
        revocations=revocations,
        limiter=outside.limiter,
        sign_in=SignIn(work, passwords, codes, identities, guard, tickets, clock),
        sign_out=sign_out,
        renewal=Renewal(work, tickets),
        codes=codes,
        phone=PhoneSignIn(work, codes, outside.wechat, identities, tickets, clock),
        wechat=WechatSignIn(work, outside.wechat, identities, phones, guard, tickets, clock),
        password=PasswordChange(work, passwords, codes, identities, guard, tickets, sign_out),
        profiles=Profiles(work, clock),
        administration=Administration(sign_out),
        directory=Directory(outside.reads, phones, outside.box),
    )
