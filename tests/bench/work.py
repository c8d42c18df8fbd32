"""The work: three reads, worded for each kind of server."""

import json
import random
import uuid
from datetime import UTC, datetime
from functools import cache
from hashlib import md5
from pathlib import Path

from domain.accounts.models import Account, User
from domain.accounts.tokens import AccessTokens
from domain.clock import utc_now
from domain.viewer import AccessRole, CareRole
from tests.bench.dataset import SESSIONS, USERS
from tests.bench.load import Requests
from tests.bench.servers import JWT_SECRET, Peer

KINDS = ("a: a trivial field", "b: 20 messages", "c: 20 sessions × 3 messages × sender")
NAMES = ("a", "b", "c")
VARIETY = 2_000
OURS = (
    "{ serverTime }",
    """query H($id: ID!) { session(id: $id) { messages(last: 20) {
      nodes { id seq senderRole kind content createdAt } } } }""",
    """query O { me { nickname sessions(first: 20) { nodes { id title lastSeq
      messages(last: 3) { nodes { id content createdAt sender { id nickname } } } } } } }""",
)
GRAPHQL = (
    "{ trivial }",
    OURS[1],
    """query O($id: ID!) { me(id: $id) { nickname sessions(first: 20) { nodes { id title lastSeq
      messages(last: 3) { nodes { id content createdAt sender { id nickname } } } } } } }""",
)
POSTGRAPHILE = (
    "{ __typename }",
    """query H($id: UUID!) { chatSessionById(id: $id) { messagesBySessionId(first: 20, orderBy: SEQ_DESC) {
      nodes { sessionId seq senderRole kind content createdAt } } } }""",
    """query O($id: UUID!) { userById(id: $id) { nickname
      chatSessionsByOwnerId(first: 20, orderBy: UPDATED_AT_DESC) { nodes { id title lastSeq
        messagesBySessionId(first: 3, orderBy: SEQ_DESC) {
          nodes { sessionId seq content createdAt userBySenderId { id nickname } } } } } } }""",
)
REST = ("/trivial", "/history/{}", "/overview/{}")


def user_id(number: int) -> str:
    return str(uuid.UUID(md5(f"user{number}".encode(), usedforsecurity=False).hexdigest()))


def session_id(number: int) -> str:
    return str(uuid.UUID(md5(f"session{number}".encode(), usedforsecurity=False).hexdigest()))


@cache
def token_of(number: int) -> str:
    """As signing in would give it: the server takes it for a device of this user."""
    now = datetime.now(UTC)
    user = User(
        uuid.UUID(user_id(number)), None, None, None, None, None, None, None, AccessRole.USER, CareRole.PATIENT, True,
        "zh-CN", "Asia/Shanghai", 1.0, True, now, now,
    )  # fmt: skip
    issued: str = AccessTokens((JWT_SECRET,), 86_400, utc_now).issue(
        Account(user, password_hash=None, has_wechat=False, epoch=0), uuid.uuid4()
    )[0]
    return issued


def requests_for(peer: Peer, kind: int, folder: Path) -> Requests:
    rng = random.Random(kind)
    chosen = [rng.randrange(SESSIONS) for _ in range(VARIETY)]
    made = [request(peer, kind, number) for number in chosen]
    return Requests.written(folder, f"{peer.name.replace(' ', '_')}_{NAMES[kind]}", made)


def request(peer: Peer, kind: int, number: int) -> dict[str, str]:
    """`number`: the session; its owner asks."""
    owner = number % USERS
    subject = session_id(number) if kind == 1 else user_id(owner)
    if peer.style == "rest":
        return {"method": "GET", "path": REST[kind].format(subject), "token": "", "body": ""}
    query = {"ours": OURS, "graphql": GRAPHQL, "postgraphile": POSTGRAPHILE}[peer.style][kind]
    token = token_of(owner) if peer.style == "ours" else ""
    variables = {} if kind == 0 else {"id": subject}
    body = json.dumps({"query": " ".join(query.split()), "variables": variables}, ensure_ascii=False)
    return {"method": "POST", "path": "/graphql", "token": token, "body": body}
