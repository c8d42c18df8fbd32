"""All that accounts offer to the rings above, put together from plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.accounts.passwords import PasswordCost, Passwords
from domain.accounts.ports import AccountReads, AccountWorkFactory
from domain.accounts.revocations import Revocations
from domain.accounts.sign_in import SignIn
from domain.accounts.tickets import Renewal, Tickets
from domain.accounts.tokens import AccessTokens, RefreshTokens, invalid_token
from domain.clock import Clock
from domain.viewer import Viewer


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """`jwt_keys`: newest first; tokens under any of them are believed."""

    jwt_keys: Sequence[str]
    access_seconds: int
    refresh_seconds: int
    password_cost: PasswordCost


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
    sign_in: SignIn
    renewal: Renewal
    reads: AccountReads
    revocations: Revocations


def accounts_from(settings: AccountSettings, work: AccountWorkFactory, reads: AccountReads, clock: Clock) -> Accounts:
    access = AccessTokens(settings.jwt_keys, settings.access_seconds, clock)
    tickets = Tickets(access, RefreshTokens(settings.jwt_keys[0]), settings.refresh_seconds, clock)
    revocations = Revocations(clock)
    passwords = Passwords(settings.password_cost)
    return Accounts(
        Authenticator(access, revocations),
        SignIn(work, passwords, tickets, revocations, clock),
        Renewal(work, tickets),
        reads,
        revocations,
    )
