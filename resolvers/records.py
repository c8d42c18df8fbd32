"""Records: one call of the domain a field."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain.chat.models import Sent
from domain.clock import parse_id
from domain.errors import NotFound
from domain.paging import DEFAULT_PAGE, Page
from domain.records.models import Record, RecordFilter, RecordKind, Written
from domain.unset import UNSET, UnsetType
from resolvers.context import Context, Info
from resolvers.inputs import or_unset


@strawberry.input(description="A record. An update leaves alone what is omitted.")
class RecordInput:
    kind: RecordKind = strawberry.field(description="What kind of record.")
    title: str = strawberry.field(description="1 to 100 characters.")
    body: str | None = strawberry.field(default=strawberry.UNSET, description="At most 10,000 characters.")
    occurred_at: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="When it was, or will be; now, when a new record does not say."
    )
    tags: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="At most 20, each at most 30 characters."
    )
    file_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="At most 20 READY files of the caller, in their order."
    )

    def to_domain(self) -> Written:
        return Written(
            kind=self.kind,
            title=self.title,
            body=or_unset(self.body),
            occurred_at=or_unset(self.occurred_at),
            tags=_several(or_unset(self.tags)),
            file_ids=_several(or_unset(self.file_ids)),
        )


def _several(values: Sequence[str] | UnsetType | None) -> tuple[str, ...] | UnsetType | None:
    return values if values is None or values is UNSET else tuple(values)


Kind = Annotated[RecordKind | None, strawberry.argument(description="Only of this kind.")]
Tag = Annotated[str | None, strawberry.argument(description="Only those with this tag.")]
Text = Annotated[str | None, strawberry.argument(description="Only those with these words in title or body.")]
From = Annotated[datetime | None, strawberry.argument(name="from", description="Of then or later.")]
To = Annotated[datetime | None, strawberry.argument(name="to", description="Of before then.")]
ClientKey = Annotated[
    str | None, strawberry.argument(description="Idempotency key of the client: repeated, it gives the first record.")
]
Expected = Annotated[int, strawberry.argument(description="The version that the change is meant for.")]


async def records(  # noqa: PLR0913, PLR0917 - as many as the field has arguments
    info: Info,
    kind: Kind = None,
    tag: Tag = None,
    text: Text = None,
    start: From = None,
    end: To = None,
    first: int | None = DEFAULT_PAGE,
    after: str | None = None,
) -> Page[Record]:
    wanted = RecordFilter(kind, tag, text, start, end)
    size = DEFAULT_PAGE if first is None else first
    return await info.context.services.records.page(info.context.viewer, wanted, first=size, after=after)


async def create_record(info: Info, input: RecordInput, client_key: ClientKey = None) -> Record:
    return await info.context.services.records.create(info.context.viewer, input.to_domain(), client_key)


async def update_record(info: Info, id: strawberry.ID, expected_version: Expected, input: RecordInput) -> Record:
    return await info.context.services.records.update(info.context.viewer, id, expected_version, input.to_domain())


async def summarise_records(info: Info, client_key: str, start: From = None, end: To = None, kind: Kind = None) -> Sent:
    wanted = RecordFilter(kind, start=start, end=end)
    return await info.context.services.summaries.summarise(info.context.viewer, wanted, client_key)


async def delete_record(info: Info, id: strawberry.ID) -> UUID:
    return await info.context.services.records.delete(info.context.viewer, id)


def files_key(record: Record) -> tuple[UUID, UUID]:
    return record.user_id, record.id


def record_key(_root: None, context: Context, id: strawberry.ID) -> tuple[UUID, UUID]:
    """Raises NotFound for a malformed id: it must look like an unknown one."""
    record_id = parse_id(id)
    if record_id is None:
        raise NotFound
    return context.viewer.user_id, record_id
