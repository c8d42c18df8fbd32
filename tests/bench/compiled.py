"""How much quicker compiled queries are than on graphql-core: `python -m tests.bench.compiled`.

The product's schema over reads that answer from memory at once: what is measured is the executor, resolvers and loaders
without transport and database. Interleaved rounds, medians, one core.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from inspect import isawaitable
from statistics import median
from time import process_time
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import strawberry
import uvloop
from asyncpg.pgproto import pgproto
from graphql import OperationDefinitionNode, execute, parse

from compiled.operations import Compiler
from domain.accounts.models import User
from domain.chat.models import AiMode, ChatSession, Listing, Message, MessageKind, MessageState, SessionKind, Span
from domain.paging import Page
from domain.viewer import AccessRole, CareRole, Viewer
from resolvers.context import Context
from resolvers.loaders import Loaders, Reads
from schema import build_schema
from schema.scalars import ENCODED
from transport.encoding import encode

ROUNDS = 7
SECONDS = 0.2
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ME = pgproto.UUID(str(uuid4()))  # the class that the database driver gives
VIEWER = Viewer(ME, AccessRole.USER, CareRole.PATIENT, ME, "t", NOW)
SHAPES = {
    "a trivial field": "{ serverTime }",
    "b 20 messages": """query History($id: ID!, $last: Int = 20) {
      session(id: $id) { messages(last: $last) { nodes { id seq senderRole kind content createdAt } } } }""",
    "c 20 sessions × 3 messages × sender": """{ me { nickname sessions(first: 20) { nodes {
      id title lastSeq messages(last: 3) { nodes { id content createdAt sender { id nickname } } } } } } }""",
}


def user(id: UUID) -> User:
    return User(
        id=id,
        username="u",
        nickname="病人",
        full_name=None,
        phone=None,
        gender=None,
        birth_date=None,
        avatar_file_id=None,
        access_role=AccessRole.USER,
        care_role=CareRole.PATIENT,
        is_active=True,
        locale="zh-CN",
        timezone="Asia/Shanghai",
        font_scale=1.0,
        notify=True,
        created_at=NOW,
        updated_at=NOW,
    )


def session(id: UUID) -> ChatSession:
    return ChatSession(
        id=id,
        kind=SessionKind.ASSISTANT,
        title="问诊",
        description=None,
        owner_id=ME,
        assistant_slug="general",
        ai_mode=AiMode.AUTO,
        last_seq=100,
        member_id=ME,
        member_role=CareRole.PATIENT,
        read_seq=0,
        joined_seq=0,
        pinned=False,
        archived=False,
        created_at=NOW,
        updated_at=NOW,
    )


def message(session_id: UUID, seq: int) -> Message:
    return Message(
        session_id=session_id,
        seq=seq,
        sender_id=ME if seq % 2 else None,
        sender_role=CareRole.PATIENT,
        kind=MessageKind.TEXT,
        state=MessageState.SENT,
        content="多喝热水" * 10,
        reply_to_seq=None,
        citations=(),
        error_code=None,
        created_at=NOW,
        updated_at=NOW,
    )


SESSIONS = {id: session(id) for id in (pgproto.UUID(str(uuid4())) for _ in range(20))}
MESSAGES = {id: [message(id, seq) for seq in range(1, 101)] for id in SESSIONS}


class Memory:
    """Every read that the shapes need."""

    async def users(self, ids: Sequence[UUID], needs: object = None) -> list[User | None]:
        return [user(id) for id in ids]

    async def sessions(self, keys: Sequence[tuple[UUID, UUID]], needs: object = None) -> list[ChatSession | None]:
        return [SESSIONS.get(id) for _, id in keys]

    async def spans(self, spans: Sequence[Span], needs: object = None) -> list[list[Message]]:
        return [MESSAGES[span.session_id][span.low - 1 : span.high] for span in spans]

    async def listings(self, keys: Sequence[Listing], needs: object = None) -> list[Page[ChatSession]]:
        page = Page.of(list(SESSIONS.values()), lambda each: each.id.hex, more=False, earlier=False)
        return [page for _ in keys]

    def time(self) -> datetime:
        return NOW


memory: Any = Memory()
services: Any = SimpleNamespace(chat=memory, system=memory)
reads = Reads(accounts=memory, chat=memory, configs=memory, files=memory, replies=memory, records=memory)


def context() -> Context:
    return Context(services, Loaders(reads), VIEWER, "r", "127.0.0.1", "zh")


class Contest:
    """One shape on both executors."""

    def __init__(self, schema: strawberry.Schema, text: str) -> None:
        self._schema = schema._schema
        self._document = parse(text)
        self._variables = {"id": str(next(iter(SESSIONS)))}
        node = self._document.definitions[0]
        assert isinstance(node, OperationDefinitionNode)
        start = process_time()
        self._compiled = Compiler(schema, encoded=ENCODED).compile(self._document, node)
        self.compiling = (process_time() - start) * 1e6

    async def on_core(self) -> Any:
        result: Any = execute(self._schema, self._document, context_value=context(), variable_values=self._variables)
        return (await result if isawaitable(result) else result).data

    async def on_compiled(self) -> Any:
        assert self._compiled
        return await self._compiled(None, context(), self._variables)


async def measure(run: Callable[[], Awaitable[Any]]) -> float:
    """Microseconds of CPU a run."""
    runs, start = 0, process_time()
    while process_time() - start < SECONDS:
        for _ in range(5):
            await run()
        runs += 5
    return (process_time() - start) / runs * 1e6


async def main() -> None:
    schema = build_schema()
    print(f"{'CPU of one run':38}{'graphql-core':>14}{'compiled':>12}{'ratio':>8}{'compiling':>12}")
    for name, text in SHAPES.items():
        contest = Contest(schema, text)
        assert encode(await contest.on_core()) == encode(await contest.on_compiled())
        pairs = [(await measure(contest.on_core), await measure(contest.on_compiled)) for _ in range(ROUNDS)]
        core, quick = (median(each) for each in zip(*pairs, strict=True))
        print(f"{name:38}{core:11.0f} µs{quick:9.0f} µs{core / quick:8.1f}{contest.compiling:9.0f} µs")


if __name__ == "__main__":
    uvloop.run(main())
