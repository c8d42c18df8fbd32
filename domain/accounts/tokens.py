"""Access tokens (signed, short-lived) and refresh tokens (opaque, one family a device)."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt

from domain.accounts.models import Account
from domain.clock import Clock
from domain.errors import Unauthenticated
from domain.viewer import AccessRole, CareRole, Viewer

ALGORITHM = "HS256"
ISSUER = "wellmate"
AUDIENCE = "wellmate-api"
CLAIMS = ["iss", "aud", "sub", "exp", "iat", "jti", "device", "epoch", "access", "care"]
LONGEST = 4096
REMEMBERED = 5_000


def invalid_token() -> Unauthenticated:
    return Unauthenticated("登录已失效，请重新登录", "This sign-in is no longer valid. Please sign in again.")


class AccessTokens:
    """JWTs under HS256 only. `keys`: newest first; a token names by `kid` the one it was signed with.

    Signatures once verified are remembered, since that takes longer than many a query; whether a token has expired is
    asked each time.
    """

    def __init__(self, keys: Sequence[str], seconds: int, clock: Clock) -> None:
        self._keys = {_key_id(key): _derive(key, b"access token") for key in keys}
        self._newest = _key_id(keys[0])
        self._life = timedelta(seconds=seconds)
        self._clock = clock
        self._verified: OrderedDict[str, Viewer] = OrderedDict()

    def issue(self, account: Account, device_id: UUID) -> tuple[str, datetime]:
        """The token and when it expires."""
        now = self._clock().replace(microsecond=0)
        expires_at = now + self._life
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(account.user.id),
            "iat": now,
            "exp": expires_at,
            "jti": uuid4().hex,
            "device": str(device_id),
            "epoch": account.epoch,
            "access": account.user.access_role.value,
            "care": account.user.care_role.value,
        }
        token = jwt.encode(claims, self._keys[self._newest], ALGORITHM, headers={"kid": self._newest})
        return token, expires_at

    def read(self, token: str) -> Viewer:
        """Raises Unauthenticated for anything that this server did not sign, or signed too long ago."""
        viewer = self._verified.get(token) or self._verify(token)
        if viewer.expires_at <= self._clock():
            self._verified.pop(token, None)
            raise invalid_token()
        return viewer

    def _verify(self, token: str) -> Viewer:
        try:
            viewer = _viewer(self._claims(token))
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
            raise invalid_token() from error
        self._verified[token] = viewer
        if len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)
        return viewer

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST:
            raise ValueError("longer than any token of ours")
        key = self._keys[jwt.get_unverified_header(token)["kid"]]
        # Expiry is judged by our own clock below, so that tests can move it.
        options: Any = {"require": CLAIMS, "verify_exp": False, "verify_iat": False}
        return jwt.decode(token, key, [ALGORITHM], options, audience=AUDIENCE, issuer=ISSUER)


def _viewer(claims: dict[str, Any]) -> Viewer:
    return Viewer(
        UUID(claims["sub"]),
        AccessRole(claims["access"]),
        CareRole(claims["care"]),
        UUID(claims["device"]),
        claims["jti"],
        datetime.fromtimestamp(claims["exp"], UTC),
        int(claims["epoch"]),
    )


class RefreshTokens:
    """A successor follows from its predecessor under our key, so that asking twice (a lost reply) gives it twice."""

    def __init__(self, key: str) -> None:
        self._key = _derive(key, b"refresh token")

    def first(self) -> str:
        return secrets.token_urlsafe(32)

    def successor(self, token: str) -> str:
        return hmac.new(self._key, token.encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def hash(token: str) -> bytes:
        """What is stored. The token has 256 random bits, so a plain hash cannot be reversed."""
        return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _key_id(key: str) -> str:
    return hashlib.sha256(_derive(key, b"key id")).hexdigest()[:16]


def _derive(key: str, purpose: bytes) -> bytes:
    return hmac.digest(key.encode(), b"wellmate " + purpose, hashlib.sha256)
