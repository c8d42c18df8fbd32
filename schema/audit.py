"""Who changed what of the installation."""

from datetime import datetime

import strawberry

from compiled.fields import batched
from resolvers import audit
from resolvers.permissions import Superadmin
from schema.accounts import User
from schema.paging import PageInfo


@strawberry.type(description="One change that an admin made.")
class AuditEntry:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    at: datetime = strawberry.field(description="When.")
    user = batched("users", "actor_id", graphql_type=User | None, description="Who; null: at the command line.")
    action: str = strawberry.field(description="The mutation, e.g. `updateApiConfig`.")
    target_kind: str = strawberry.field(description="The type of what was changed, e.g. `ApiConfig`.")
    target_id: strawberry.ID = strawberry.field(description="The id of what was changed.")
    changed: list[str] = strawberry.field(description="Names of the fields that changed; never their values.")
    before: str | None = strawberry.field(description="SHA-256 of it before; null: it was not.")
    after: str | None = strawberry.field(description="SHA-256 of it afterwards; null: it is no more.")
    request_id: str | None = strawberry.field(description="The request, as `logs` know it.")


@strawberry.type(description="A change in its page.")
class AuditEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: AuditEntry = strawberry.field(description="The change.")


@strawberry.type(description="A page of changes, newest first.")
class AuditConnection:
    edges: list[AuditEdge] = strawberry.field(description="Changes with their cursors.")
    nodes: list[AuditEntry] = strawberry.field(description="The changes alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class AuditQuery:
    audit_trail = strawberry.field(
        resolver=audit.audit_trail,
        graphql_type=AuditConnection,
        description="For superadmins: who changed what of the installation, newest first.",
        permission_classes=[Superadmin],
    )
