"""Records: what a person writes down about their health."""

from datetime import datetime

import strawberry

from compiled.fields import batched
from domain.records.models import RecordKind
from resolvers import records as resolve
from resolvers.permissions import SignedIn
from schema.chat import SendPayload
from schema.enums import describe
from schema.files import File
from schema.paging import PageInfo

describe(
    RecordKind,
    "What kind of record.",
    NOTE="A note.",
    SYMPTOM="Something that hurts or worries.",
    VISIT="A visit to a doctor, past or planned.",
    MEDICATION="A medicine taken.",
    REPORT="A report of an examination.",
    MOOD="How one felt.",
    DIET="What one ate.",
    EXERCISE="How one moved.",
)


@strawberry.type(description="Something written down.")
class Record:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    kind: RecordKind = strawberry.field(description="What kind of record.")
    title: str = strawberry.field(description="Its title.")
    body: str | None = strawberry.field(description="What is to be said.")
    occurred_at: datetime = strawberry.field(description="When it was, or will be.")
    tags: list[str] = strawberry.field(description="Words to find it by.")
    files = batched(
        "record_files",
        resolve.files_key,
        graphql_type=list[File],
        description="What is attached, in its order; what was deleted is left out.",
    )
    version: int = strawberry.field(description="Counts the changes, from 1.")
    created_at: datetime = strawberry.field(description="When it was written down.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="A record in its page.")
class RecordEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: Record = strawberry.field(description="The record.")


@strawberry.type(description="A page of records, newest first.")
class RecordConnection:
    edges: list[RecordEdge] = strawberry.field(description="Records with their cursors.")
    nodes: list[Record] = strawberry.field(description="The records alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class RecordQuery:
    records = strawberry.field(
        resolver=resolve.records,
        graphql_type=RecordConnection,
        description="The caller's records, newest first.",
        permission_classes=[SignedIn],
    )
    record = batched(
        "records",
        resolve.record_key,
        graphql_type=Record | None,
        description="One record of the caller.",
        permission_classes=[SignedIn],
    )


@strawberry.type
class RecordMutation:
    create_record = strawberry.mutation(
        resolver=resolve.create_record,
        graphql_type=Record,
        description="Write something down.",
        permission_classes=[SignedIn],
    )
    update_record = strawberry.mutation(
        resolver=resolve.update_record,
        graphql_type=Record,
        description="Change a record; CONFLICT when it has changed since `expectedVersion`.",
        permission_classes=[SignedIn],
    )
    delete_record = strawberry.mutation(
        resolver=resolve.delete_record,
        graphql_type=strawberry.ID,
        description="Delete a record.",
        permission_classes=[SignedIn],
    )
    summarise_records = strawberry.mutation(
        resolver=resolve.summarise_records,
        graphql_type=SendPayload,
        description="Ask the `recorder` assistant for a summary of the chosen records, in a session of its own.",
        permission_classes=[SignedIn],
    )
