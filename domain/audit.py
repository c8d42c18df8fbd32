"""Who changed what of the installation: written in the transaction of the change, so that none goes without."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson

from domain.clock import new_id, parse_id, utc_now
from domain.origin import ORIGIN
from domain.paging import Page, page_size
from domain.viewer import Viewer

State = Mapping[str, Any]
"""What somebody may change of a thing, by name; a secret only as it is sealed."""
NOBODYS = UUID(int=0)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """`actor_id` None: at the command line. `before`, `after`: SHA-256 in hex of the thing; None where it was not."""

    id: UUID
    at: datetime
    actor_id: UUID | None
    action: str
    target_kind: str
    target_id: UUID
    changed: list[str]
    before: str | None
    after: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """`kind`: the type's name in the API."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class AuditFilter:
    actor_id: UUID | None = None
    target_id: UUID | None = None


class AuditStore(Protocol):
    async def add(self, entry: AuditEntry) -> None:
        """Inside the transaction of the change."""


class AuditReads(Protocol):
    async def entries(self, wanted: AuditFilter, *, limit: int, after: str | None) -> Page[AuditEntry]:
        """Newest first."""


class AuditService:
    """For superadmins: the schema says so."""

    def __init__(self, reads: AuditReads) -> None:
        self._reads = reads

    async def trail(
        self, first: int, after: str | None, *, actor_id: str | None, target_id: str | None
    ) -> Page[AuditEntry]:
        wanted = AuditFilter(_sought(actor_id), _sought(target_id))
        return await self._reads.entries(wanted, limit=page_size(first), after=after)


def change(
    viewer: Viewer | None, action: str, target: Target, *, before: State | None = None, after: State | None = None
) -> AuditEntry:
    """What to store of a change by the mutation `action`. Without `before` it was made, without `after` removed."""
    origin = ORIGIN.get()
    return AuditEntry(
        id=new_id(),
        at=utc_now(),
        actor_id=viewer.user_id if viewer is not None else None,
        action=action,
        target_kind=target.kind,
        target_id=target.id,
        changed=_changed(before or {}, after or {}),
        before=_hash(before),
        after=_hash(after),
        request_id=origin.request_id if origin is not None else None,
    )


def _changed(before: State, after: State) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _hash(state: State | None) -> str | None:
    if state is None:
        return None
    # The database driver's own UUID class is none that orjson knows.
    return hashlib.sha256(orjson.dumps(state, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _sought(text: str | None) -> UUID | None:
    """A malformed id looks like an unknown one."""
    return None if text is None else parse_id(text) or NOBODYS
