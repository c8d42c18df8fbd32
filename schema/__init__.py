"""The fields of the API: it reads like SDL. Each feature adds its part of the three roots."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.accounts import AccountMutation, AccountQuery
from schema.arguments import describe_arguments
from schema.assistant import AssistantMutation, AssistantQuery, AssistantSubscription
from schema.chat import ChatMutation, ChatQuery
from schema.scalars import SCALARS
from schema.system import SystemQuery


@strawberry.type(description="What can be read.")
class Query(AccountQuery, ChatQuery, AssistantQuery, SystemQuery):
    pass


@strawberry.type(description="What can be done.")
class Mutation(AccountMutation, ChatMutation, AssistantMutation):
    pass


@strawberry.type(description="What can be watched.")
class Subscription(AssistantSubscription):
    pass


def build_schema(*, for_print: bool = False) -> strawberry.Schema:
    """Sorting replaces strawberry's enum types by plain ones, which cannot be executed: it is for printing only."""
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS, sort_schema=for_print),
    )
    describe_arguments(schema._schema)
    return schema


def printed_schema() -> str:
    """The SDL as `schema.graphql` keeps it."""
    return build_schema(for_print=True).as_str() + "\n"
