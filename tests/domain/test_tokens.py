"""Access tokens."""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.models import Account, User
from domain.accounts.tokens import AUDIENCE, ISSUER, AccessTokens
from domain.clock import utc_now
from domain.errors import Unauthenticated
from domain.viewer import AccessRole, CareRole
from tests.clock import MovedClock

KEY = "the signing key of this test, 32+ characters"


def somebody(epoch: int = 0, role: AccessRole = AccessRole.USER) -> Account:
    now = utc_now()
    user = User(
        id=uuid4(), username="li", nickname=None, full_name=None, phone=None, gender=None, birth_date=None,
        avatar_file_id=None, access_role=role, care_role=CareRole.DOCTOR, is_active=True, locale="zh-CN",
        timezone="Asia/Shanghai", font_scale=1.0, notify=True, created_at=now, updated_at=now,
    )  # fmt: skip
    return Account(user, None, has_wechat=False, epoch=epoch)


def tokens(*keys: str, clock: MovedClock | None = None) -> AccessTokens:
    return AccessTokens(keys or [KEY], 60, clock or MovedClock())


def reforged(token: str, header: dict[str, Any], payload: dict[str, Any]) -> str:
    """The same token with parts of its header and claims changed, unsigned again."""
    head, body, signature = token.split(".")
    return ".".join([_changed(head, header), _changed(body, payload), signature])


def _changed(part: str, change: dict[str, Any]) -> str:
    value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) | change
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_token_says_who_bears_it() -> None:
    account, device = somebody(epoch=3, role=AccessRole.ADMIN), uuid4()
    token, expires_at = tokens().issue(account, device)
    viewer = tokens().read(token)
    assert (viewer.user_id, viewer.device_id, viewer.epoch) == (account.user.id, device, 3)
    assert (viewer.access_role, viewer.care_role) == (AccessRole.ADMIN, CareRole.DOCTOR)
    assert viewer.expires_at == expires_at
    assert len(viewer.token_id) == 32


def test_a_token_ends_with_its_time() -> None:
    clock = MovedClock()
    token, _ = tokens(clock=clock).issue(somebody(), uuid4())
    clock.forward(seconds=58)
    tokens(clock=clock).read(token)
    clock.forward(seconds=3)
    with pytest.raises(Unauthenticated):
        tokens(clock=clock).read(token)


def test_an_old_key_still_opens_while_the_newest_signs() -> None:
    old, _ = tokens("old key, which was used before").issue(somebody(), uuid4())
    both = tokens("new key, in use since today", "old key, which was used before")
    both.read(old)
    new, _ = both.issue(somebody(), uuid4())
    tokens("new key, in use since today").read(new)
    with pytest.raises(Unauthenticated):
        tokens("new key, in use since today").read(old)


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        ({"alg": "none"}, {}),
        ({"alg": "HS512"}, {}),
        ({"alg": "RS256"}, {}),
        ({"kid": "another"}, {}),
        ({"kid": ["list"]}, {}),
        ({"kid": None}, {}),
        ({}, {"access": "SUPERADMIN"}),
        ({}, {"sub": str(uuid4())}),
        ({}, {"exp": 99_999_999_999}),
    ],
)
def test_a_changed_token_is_refused(header: dict[str, Any], payload: dict[str, Any]) -> None:
    token, _ = tokens().issue(somebody(), uuid4())
    with pytest.raises(Unauthenticated):
        tokens().read(reforged(token, header, payload))


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another"}, {"iss": "another"}, {"exp": None}, {"sub": 7}, {"sub": "me"}, {"access": "KING"},
        {"device": None}, {"epoch": "many"}, {"jti": None},
    ],
)  # fmt: skip
def test_a_token_signed_for_something_else_is_refused(change: dict[str, Any]) -> None:
    service = tokens()
    token, _ = service.issue(somebody(), uuid4())
    header = jwt.get_unverified_header(token)
    key = service._keys[header["kid"]]
    claims = jwt.decode(token, key, ["HS256"], audience=AUDIENCE, issuer=ISSUER) | change
    kept = {name: value for name, value in claims.items() if value is not None}
    signed = jwt.encode(kept, key, "HS256", headers={"kid": header["kid"]})
    with pytest.raises(Unauthenticated):
        service.read(signed)


@given(st.text(max_size=200) | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().read(text)


@pytest.mark.parametrize("depth", [700, 100_000])
def test_a_deep_header_is_refused(depth: int) -> None:
    deep = base64.urlsafe_b64encode(b"[" * depth).decode().rstrip("=")
    with pytest.raises(Unauthenticated):
        tokens().read(f"{deep}.e30.x")


def test_the_life_of_a_token_is_exact() -> None:
    _, expires_at = tokens().issue(somebody(), uuid4())
    assert timedelta(seconds=58) < expires_at - utc_now() <= timedelta(seconds=60)


def test_a_token_read_before_still_ends_with_its_time() -> None:
    clock = MovedClock()
    reader = tokens(clock=clock)
    token, _ = reader.issue(somebody(), uuid4())
    assert reader.read(token) is reader.read(token)
    clock.forward(seconds=61)
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            reader.read(token)


def test_a_forged_token_is_refused_each_time() -> None:
    reader = tokens()
    forged = reforged(reader.issue(somebody(), uuid4())[0], {}, {"access": "ADMIN"})
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            reader.read(forged)
