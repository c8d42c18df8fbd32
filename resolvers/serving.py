"""What the transport asks of the house: who is calling, what resolvers get, and how errors are worded."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from domain.accounts.revocations import Revocations
from domain.errors import DomainError, ManyProblems
from domain.limits import Limiter, Networks
from domain.origin import ORIGIN, Origin
from domain.viewer import Viewer
from resolvers.context import Context
from resolvers.loaders import LaggingReads, Loaders, Reads
from resolvers.rate_limits import admit
from resolvers.services import Services
from transport.lease import Lease, Listener, Signal
from transport.ports import Connection, Described, Kind, Operation

FORM_BYTES = 262_144


@dataclass(slots=True)
class Caller:
    """One request or one socket. Anonymous callers may sign in, and little else."""

    reception: "Reception"
    connection: Connection
    address: str
    viewer: Viewer | None = None
    reads: Reads | None = None
    """Where the operation that was admitted may read, if it is not the primary."""

    @property
    def introspection(self) -> bool:
        return self.reception.open_schema or (self.viewer is not None and self.viewer.is_admin)

    @property
    def lease(self) -> Lease | None:
        """Made anew for each socket or stream that asks."""
        if self.viewer is None:
            return None
        return Lease(
            self.viewer.expires_at.timestamp(), Revoked(self.reception.services.accounts.revocations, self.viewer)
        )

    @property
    def payer(self) -> str:
        return str(self.viewer.user_id) if self.viewer is not None else self.address

    @property
    def upload_limit(self) -> int:
        """One file, and what stands round it in the form."""
        return self.reception.services.files.limits.most_bytes + FORM_BYTES if self.viewer is not None else 0

    async def admit(self, operation: Operation) -> None:
        """Raises RateLimited."""
        limits = self.reception
        await admit(limits.budgets, limits.networks, self.viewer, self.address, operation.cost)
        if limits.lagging is not None:
            self.reads = await self._reads(limits.lagging, operation)

    async def _reads(self, lagging: LaggingReads, operation: Operation) -> Reads | None:
        """A socket is told what is newest; a query by itself may lag behind, unless its asker knows better."""
        user_id = self.viewer.user_id if self.viewer is not None else None
        if operation.kind == "mutation" and user_id is not None:
            await lagging.freshness.will_write(user_id)
        if operation.kind != "query" or self.connection.is_socket or not await lagging.freshness.may_lag(user_id):
            return None
        return lagging.reads

    def ended(self, operation: Operation) -> None:
        self._told(operation, "mutation")

    def _told(self, operation: Operation, kind: Kind) -> None:
        lagging = self.reception.lagging
        if lagging is not None and operation.kind == kind and self.viewer is not None:
            lagging.freshness.told(self.viewer.user_id)

    def begin(self, operation: Operation) -> Context:
        user_id = self.viewer.user_id if self.viewer is not None else None
        self._told(operation, "subscription")
        ORIGIN.set(Origin(operation.request_id, operation.name, user_id))
        return Context(
            services=self.reception.services,
            loaders=Loaders(self.reads or self.reception.reads),
            viewer_or_none=self.viewer,
            request_id=operation.request_id,
            client_address=self.address,
            language=self.connection.language,
            headers=self.connection.headers,
        )


@dataclass(frozen=True, slots=True)
class Reception:
    """`open_schema`: everybody may read the schema, as in development; else only admins. `budgets` are this process's
    own, as every operation asks them."""

    services: Services
    reads: Reads
    open_schema: bool
    networks: Networks
    budgets: Limiter
    lagging: LaggingReads | None = None

    async def open(self, connection: Connection) -> Caller:
        """Raises Unauthenticated for a token that is not, or no longer, good."""
        address = self.networks.client(connection.client, connection.headers.get("x-forwarded-for"))
        token = bearer(connection.authorization)
        if token is None:
            return Caller(self, connection, address)
        return Caller(self, connection, address, self.services.accounts.authenticator.viewer(token))


class Revoked(Signal):
    """Happens when the viewer's token is revoked; holds nothing once nobody watches."""

    __slots__ = ("_revocations", "_viewer")

    def __init__(self, revocations: Revocations, viewer: Viewer) -> None:
        super().__init__()
        self._revocations = revocations
        self._viewer = viewer

    def watch(self, listener: Listener) -> None:
        self._revocations.watch(self._viewer, listener)

    def forget(self, listener: Listener) -> None:
        self._revocations.forget(self._viewer, listener)


def bearer(authorization: str | None) -> str | None:
    if authorization is None or not authorization.strip():
        return None
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else authorization.strip()


def describe(error: GraphQLError, language: str) -> Described | None:
    """None for what nobody foresaw: the transport masks it."""
    cause = error.original_error
    if not isinstance(cause, DomainError):
        return None
    extensions: dict[str, Any] = {}
    if cause.field is not None:
        extensions["field"] = cause.field
    if cause.retry_after_ms is not None:
        extensions["retryAfterMs"] = cause.retry_after_ms
    if isinstance(cause, ManyProblems):
        extensions["problems"] = [_problem(each, language) for each in cause.problems]
    return Described(cause.en if language == "en" else cause.zh, cause.code.value, extensions)


def _problem(problem: DomainError, language: str) -> dict[str, str | None]:
    return {"field": problem.field, "message": problem.en if language == "en" else problem.zh}
