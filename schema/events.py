"""What happens in conversations: live, and for catching up."""

from typing import Annotated, Any

import strawberry

from compiled.fields import batched
from domain.chat import events as domain
from domain.chat.events import EventKind
from resolvers import events
from resolvers.permissions import SignedIn
from schema.chat import ChatSession, Message


def _is(kind: EventKind) -> Any:
    return classmethod(
        lambda cls, value, info: (
            isinstance(value, cls) or (isinstance(value, domain.SessionEvent) and value.kind is kind)
        )
    )


@strawberry.type(description="Something was said.")
class MessageAdded:
    is_type_of = _is(EventKind.MESSAGE_ADDED)
    cursor: str = strawberry.field(description="Resume after it with `after`.")
    message: Message = strawberry.field(description="As it is now.")


@strawberry.type(description="A message changed: a reply was completed, a message recalled.")
class MessageUpdated:
    is_type_of = _is(EventKind.MESSAGE_UPDATED)
    cursor: str = strawberry.field(description="Resume after it with `after`.")
    message: Message = strawberry.field(description="As it is now.")


@strawberry.type(description="Somebody has read on.")
class ReadAdvanced:
    is_type_of = _is(EventKind.READ_ADVANCED)
    cursor: str = strawberry.field(description="Resume after it with `after`.")
    session = batched("sessions", events.session_of_event, graphql_type=ChatSession, description="Where.")
    user_id: strawberry.ID = strawberry.field(description="Who.")
    read_seq: int = strawberry.field(description="Up to this seq.")


@strawberry.type(description="A session began, or its members changed.")
class MembersChanged:
    is_type_of = _is(EventKind.MEMBERS_CHANGED)
    cursor: str = strawberry.field(description="Resume after it with `after`.")
    session = batched("sessions", events.session_of_event, graphql_type=ChatSession, description="Where.")


SessionEvent = Annotated[
    MessageAdded | MessageUpdated | ReadAdvanced | MembersChanged,
    strawberry.union("SessionEvent", description="What happens in a session. Expect new members."),
]


@strawberry.type(description="What happened after a cursor.")
class EventPage:
    events: list[SessionEvent] = strawberry.field(description="In the order in which everybody sees them.")
    cursor: str = strawberry.field(description="Where to go on.")
    has_more: bool = strawberry.field(description="True: go on at once.")


@strawberry.type
class EventQuery:
    changes = strawberry.field(
        resolver=events.changes,
        graphql_type=EventPage,
        description="Everything that happened in the caller's sessions after the cursor; without one, only the cursor "
        "of now. A cursor that is too old is a CONFLICT: read the sessions anew.",
        permission_classes=[SignedIn],
    )


@strawberry.type
class EventSubscription:
    session_events = strawberry.subscription(
        resolver=events.session_events,
        graphql_type=SessionEvent,
        description="What happens in one session: first what came after `after`, then live.",
        permission_classes=[SignedIn],
    )
    user_events = strawberry.subscription(
        resolver=events.user_events,
        graphql_type=SessionEvent,
        description="Every event of every session of the caller: one socket is enough.",
        permission_classes=[SignedIn],
    )
