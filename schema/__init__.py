"""The fields of the API: it reads like SDL. Each feature adds its part of the three roots."""

import graphql
import strawberry
from graphql import lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from resolvers.rate_limits import limited
from schema.accounts import AccountMutation, AccountQuery
from schema.arguments import describe_arguments
from schema.assistant import AssistantMutation, AssistantQuery, AssistantSubscription
from schema.audit import AuditQuery
from schema.books import BookMutation, BookQuery
from schema.chat import ChatMutation, ChatQuery
from schema.events import EventQuery, EventSubscription
from schema.files import FileMutation, FileQuery
from schema.groups import GroupMutation
from schema.health import HealthMutation, HealthQuery
from schema.logs import LogQuery, LogSubscription
from schema.records import RecordMutation, RecordQuery
from schema.replies import ReplyMutation, ReplyQuery
from schema.scalars import SCALARS
from schema.system import SystemQuery


@strawberry.type(description="What can be read.")
class Query(
    AccountQuery,
    ChatQuery,
    EventQuery,
    AssistantQuery,
    ReplyQuery,
    FileQuery,
    BookQuery,
    HealthQuery,
    RecordQuery,
    SystemQuery,
    LogQuery,
    AuditQuery,
):
    pass


@strawberry.type(description="What can be done.")
class Mutation(
    AccountMutation,
    ChatMutation,
    GroupMutation,
    AssistantMutation,
    ReplyMutation,
    FileMutation,
    BookMutation,
    HealthMutation,
    RecordMutation,
):
    pass


@strawberry.type(description="What can be watched.")
class Subscription(AssistantSubscription, EventSubscription, LogSubscription):
    pass


limited(Mutation)


def build_schema() -> strawberry.Schema:
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    describe_arguments(schema._schema)
    return schema


def printed_schema() -> str:
    """The SDL as `schema.graphql` keeps it."""
    return print_schema(lexicographic_sort_schema(graphql.build_schema(build_schema().as_str()))) + "\n"
