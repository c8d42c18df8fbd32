"""Care groups: patients, doctors and the AI in one conversation."""

import strawberry

from resolvers import groups
from resolvers.permissions import SignedIn
from schema.chat import ChatSession


@strawberry.type
class GroupMutation:
    create_group = strawberry.mutation(
        resolver=groups.create_group,
        graphql_type=ChatSession,
        description="Begin a care group; the caller owns it.",
        permission_classes=[SignedIn],
    )
    add_members = strawberry.mutation(
        resolver=groups.add_members,
        graphql_type=ChatSession,
        description="For the owner and doctors of the group. New members see what is said from now on.",
        permission_classes=[SignedIn],
    )
    remove_member = strawberry.mutation(
        resolver=groups.remove_member,
        graphql_type=ChatSession,
        description="For the owner and doctors of the group. The removed see nothing more.",
        permission_classes=[SignedIn],
    )
    leave_group = strawberry.mutation(
        resolver=groups.leave_group,
        graphql_type=strawberry.ID,
        description="Leave; an owner's group is handed over to a doctor, else to the oldest member.",
        permission_classes=[SignedIn],
    )
