"""What an application supplies to be served, and what it is told.

Wiring, in the order of a request:

1. `open(connection)` is awaited once a request (HTTP) or once a socket (after `connection_init`). It returns the
   caller's `Context`, or raises `Refused`, or any exception that `describe` knows: HTTP answers with the error, a
   socket closes with 4403 (UNAUTHENTICATED, FORBIDDEN) or 1013 (anything else: try again later).
2. `context.admit(operation)` is awaited once an operation, after parsing, limits and validation: the place of rate
   limits. It raises like `open`. A document that is rejected is charged too: `name` None, `document_hash` empty, a
   fixed cost. `finished` follows for every other operation that was admitted.
3. `context.begin(operation)` gives the object that resolvers get as `info.context`, unchanged: fresh for every
   operation, and in a subscription for every event, so that dataloaders never outlive what they were made for.
4. `describe(error, language)` words an error that a resolver raised on purpose (look at `error.original_error`), or
   returns None: then it was not foreseen, the client reads a masked INTERNAL_SERVER_ERROR, `report` gets the exception.
5. `finished(record)` is called once an operation, for logs and metrics; `refused(code, request_id)` once for every
   request that was turned down before it became an operation. Both must be quick and never raise.

`build(plan)` is the compiled read path: called once for every validated query or subscription operation of a document,
it returns None ("not mine") or a runner. `await runner(root, context, variables)` gives the `data` as orjson can write
it (an `orjson.Fragment` will do), or `NOT_MINE`: then graphql-core runs the operation. `root` is None, or the event of
a subscription; `context` is what `begin` gave; `variables` are raw, as the client sent them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from graphql import GraphQLError

from transport.lease import Lease

if TYPE_CHECKING:
    from transport.documents import Plan

Kind = Literal["query", "mutation", "subscription"]
Runner = Callable[[Any, Any, Mapping[str, Any]], Awaitable[Any]]
NOT_MINE: Final = object()


class Refused(Exception):
    """A refusal in words for people. `extensions` join `code` and `requestId` in the error."""

    def __init__(self, code: str, zh: str, en: str, **extensions: object) -> None:
        super().__init__(en)
        self.code = code
        self.words = {"zh": zh, "en": en}
        self.extensions = extensions


class Withdrawn(Exception):
    """Raised by a field of an event that its watcher may no longer see: the event is not sent."""


class CannotStart(Exception):
    """The application refuses to start, in words for operators."""


class Shared:
    """An event that looks the same to all watchers of a subscription: yield one object to all, it is encoded once.

    Sharing stops where a selection beneath the root field uses variables. `payloads` belongs to the engine.
    """

    __slots__ = ("payloads", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.payloads: dict[object, asyncio.Future[str | None]] = {}


class Described(NamedTuple):
    """An error in words: `code` of the contract, and what else belongs into `extensions` (`field`, `retryAfterMs`)."""

    message: str
    code: str
    extensions: Mapping[str, object] = {}


class Connection(NamedTuple):
    """Who is calling. Header names are lower case; `authorization` is raw, from the header or `connection_init`."""

    headers: Mapping[str, str]
    client: str
    authorization: str | None
    language: str
    request_id: str
    is_socket: bool


class Operation(NamedTuple):
    """What is about to run; `cost` is that of the limits walk, `document_hash` the SHA-256 of the text in hex."""

    kind: Kind
    name: str | None
    document_hash: str
    cost: int
    request_id: str


class Finished(NamedTuple):
    """What ran. `code`: of the first error, None when all went well; `events`: how many a subscription sent."""

    operation: Operation
    context: "Context"
    milliseconds: float
    code: str | None
    events: int


class Context(Protocol):
    """The caller, as long as the request or the socket lasts.

    `lease`, read once by a socket or a stream, says how long the credentials hold (None: for ever); `introspection`
    opens the schema, suggestions and unlisted documents; `upload_limit` is the size of the largest multipart body in
    bytes, 0 for none; `payer` names who pays for the time that new documents take: a user, else an address.
    """

    @property
    def lease(self) -> Lease | None: ...
    @property
    def introspection(self) -> bool: ...
    @property
    def upload_limit(self) -> int: ...
    @property
    def payer(self) -> str: ...
    async def admit(self, operation: Operation) -> None: ...
    def begin(self, operation: Operation) -> Any: ...


def describe_nothing(_error: GraphQLError, _language: str) -> Described | None:
    return None


def ignore(*_: object) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Ports:
    open: Callable[[Connection], Awaitable[Context]]
    describe: Callable[[GraphQLError, str], Described | None] = describe_nothing
    report: Callable[[BaseException, str, Operation | None], None] = ignore
    finished: Callable[[Finished], None] = ignore
    refused: Callable[[str, str], None] = ignore
    build: "Callable[[Plan], Runner | None]" = ignore
    documents: Mapping[str, str] = field(default_factory=dict)
    open_documents: bool = True
