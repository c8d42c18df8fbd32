"""A small schema and its application, to be served by the transports under test."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from transport.app import App
from transport.asgi import Bounds
from transport.budget import Allowance, Budget
from transport.engine import Engine
from transport.lease import Lease
from transport.multipart import Upload as MultipartUpload
from transport.origins import Origins
from transport.ports import Connection, Context, Described, Finished, Operation, Ports, Refused, Shared, Withdrawn

SECRET = "postgresql://wellmate:hunter2@db/prod"


PLENTY = Allowance(burst=1_000, share=1)


class Unpleasant(Exception):
    """What the toy's resolvers raise on purpose."""


@dataclass
class Begun:
    """The object that resolvers get."""

    operation: Operation
    user: str | None
    world: "World"
    number: int


Info = strawberry.Info[Begun, None]
Even = NewType("Even", int)
Upload = NewType("Upload", MultipartUpload)


def parse_even(value: Any) -> Even:
    if value == 13:
        raise Unpleasant("unlucky")
    if int(value) % 2:
        raise ValueError(f"odd at {SECRET}")
    return Even(int(value))


def digest_of(upload: MultipartUpload) -> str:
    return sha256(upload.file.read()).hexdigest()[:8]


@strawberry.type
class Item:
    id: strawberry.ID
    text: str = "字"

    @strawberry.field
    def items(self, first: int | None = None, last: int | None = None) -> "list[Item]":
        return [Item(id=strawberry.ID(f"{self.id}.{n}")) for n in range(first or last or 1)]

    @strawberry.field
    def broken(self) -> str:
        raise RuntimeError(SECRET)

    @strawberry.field
    def withdrawn(self) -> bool:
        if self.text == "withdrawn":
            raise Withdrawn
        return False


@strawberry.type
class Counted:
    stream: int

    @strawberry.field
    def event(self, info: Info) -> int:
        return info.context.number


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "世界") -> str:
        return f"你好，{name}"

    @strawberry.field
    def user(self, info: Info) -> str | None:
        return info.context.user

    @strawberry.field
    def item(self) -> Item | None:
        return Item(id=strawberry.ID("1"))

    @strawberry.field
    def items(self, first: int = 20) -> list[Item]:
        return [Item(id=strawberry.ID(str(n))) for n in range(first)]

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def refused(self) -> str | None:
        raise Unpleasant("no")

    @strawberry.field
    def nothing(self) -> str:
        return None  # type: ignore[return-value]  # the point of it

    @strawberry.field
    def even(self, number: Even) -> int:
        return number

    @strawberry.field
    def half(self) -> str:
        return "\ud83d"

    @strawberry.field
    async def meet(self, info: Info) -> str:
        """Returns once two fields are waiting at the same time."""
        async with asyncio.timeout(5):
            await info.context.world.barrier.wait()
        return "met"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def append(self, info: Info, text: str) -> list[str]:
        await asyncio.sleep(0)
        info.context.world.written.append(text)
        return info.context.world.written

    @strawberry.mutation
    def keep(self, files: list[Upload]) -> list[str]:
        """`name type size digest` of each file."""
        return [f"{each.filename} {each.content_type} {each.size} {digest_of(each)}" for each in files]

    @strawberry.mutation
    async def append_slowly(self, info: Info, text: str) -> str:
        """Writes when the gate opens."""
        world = info.context.world
        world.entered.set()
        await world.gate.wait()
        world.written.append(text)
        return text


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int, fail_at: int = -1) -> AsyncGenerator[int, None]:
        for number in range(to):
            if number == fail_at:
                raise RuntimeError(SECRET)
            yield number

    @strawberry.subscription
    async def refused(self) -> AsyncGenerator[int, None]:
        raise Unpleasant("no")
        yield 1

    @strawberry.subscription
    async def items(self, text: str = "字") -> AsyncGenerator[Item, None]:
        yield Item(id=strawberry.ID("1"), text=text)

    @strawberry.subscription
    async def forever(self, info: Info) -> AsyncGenerator[int, None]:
        world = info.context.world
        world.open_streams += 1
        try:
            yield 0
            await asyncio.Event().wait()
        finally:
            world.open_streams -= 1
            world.closed.set()

    @strawberry.subscription
    async def flood(self, info: Info, size: int) -> AsyncGenerator[str, None]:
        world = info.context.world
        world.open_streams += 1
        try:
            while True:
                world.flooded += 1
                yield "x" * size
        finally:
            world.open_streams -= 1
            world.closed.set()

    @strawberry.subscription
    async def shared(self, info: Info) -> AsyncGenerator[Item, None]:
        for event in info.context.world.shared:
            yield event  # type: ignore[misc]  # the engine takes the item out

    @strawberry.subscription
    async def contexts(self, info: Info) -> AsyncGenerator[Counted, None]:
        for _ in range(3):
            yield Counted(stream=info.context.number)


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    config=StrawberryConfig(
        scalar_map={
            Even: strawberry.scalar(name="Even", parse_value=parse_even),
            Upload: strawberry.scalar(name="Upload", parse_value=lambda value: value),
        }
    ),
)


@dataclass
class World:
    """What the toy's resolvers touch and what its application was told."""

    written: list[str] = field(default_factory=list)
    shared: list[Shared] = field(default_factory=list)
    barrier: asyncio.Barrier = field(default_factory=lambda: asyncio.Barrier(2))
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    open_streams: int = 0
    flooded: int = 0
    begun: int = 0
    leases: dict[str, Lease] = field(default_factory=dict)
    connections: list[Connection] = field(default_factory=list)
    admitted: list[Operation] = field(default_factory=list)
    reports: list[tuple[str, str]] = field(default_factory=list)
    finished: list[Finished] = field(default_factory=list)
    started: bool = False

    async def open(self, connection: Connection) -> Context:
        self.connections.append(connection)
        token = (connection.authorization or "").removeprefix("Bearer ")
        if token == "bad":
            raise Refused("UNAUTHENTICATED", "请先登录", "Please sign in first.")
        if token == "crash":
            raise RuntimeError(SECRET)
        return Caller(self, token or None, self.leases.get(token))

    def describe(self, error: GraphQLError, language: str) -> Described | None:
        if isinstance(error.original_error, Unpleasant):
            return Described({"zh": "不行", "en": "No."}[language], "FORBIDDEN", {"field": "toy"})
        return None

    def report(self, error: BaseException, request_id: str, _operation: Operation | None) -> None:
        self.reports.append((repr(error), request_id))

    def finish(self, record: Finished) -> None:
        self.finished.append(record)

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        self.started = True
        yield
        self.started = False


@dataclass
class Caller:
    """An `admin` may look into the schema; `rich` uploads, `poor` is out of luck."""

    world: World
    user: str | None
    lease: Lease | None

    @property
    def introspection(self) -> bool:
        return self.user == "admin"

    @property
    def payer(self) -> str:
        return self.user or ""

    @property
    def upload_limit(self) -> int:
        return 3_000_000 if self.user == "rich" else 0

    async def admit(self, operation: Operation) -> None:
        if self.user == "poor":
            raise Refused("RATE_LIMITED", "太频繁", "Too many requests.", retryAfterMs=1500)
        self.world.admitted.append(operation)

    def begin(self, operation: Operation) -> Begun:
        self.world.begun += 1
        return Begun(operation, self.user, self.world, self.world.begun)


def make_app(
    world: World, *, bounds: Bounds | None = None, streams: int = 100, budget: Budget | None = None, **ports: Any
) -> App:
    engine = Engine(
        schema._schema,
        Ports(
            open=world.open,
            describe=world.describe,
            report=world.report,
            finished=world.finish,
            **ports,
        ),
        executor=schema.execution_context_class,
        streams=streams,
        budget=budget or Budget(PLENTY, PLENTY),
    )
    return App(
        engine,
        bounds=bounds or Bounds(penalty_seconds=0.001),
        origins=Origins(["https://app.example"]),
        lifespan=world.lifespan,
    )
