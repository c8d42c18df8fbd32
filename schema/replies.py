"""What people do with replies, and what admins see of how they came about."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from compiled.fields import batched, computed
from domain.assistant.models import Rating, RunStatus
from domain.chat.models import MessageState
from resolvers import replies
from resolvers.permissions import Admin, SignedIn
from schema.assistant import ApiConfig
from schema.chat import ChatSession, Message, SendPayload
from schema.enums import describe
from schema.paging import PageInfo

describe(Rating, "How good a reply was.", LIKE="Good.", DISLIKE="Not good.")
describe(
    RunStatus,
    "How far the generation of a reply is.",
    QUEUED="Not begun.",
    RUNNING="On its way.",
    SUCCEEDED="Whole.",
    FAILED="Failed.",
    STOPPED="Stopped by somebody.",
)


@strawberry.type(description="A source that a reply rests on.")
class Citation:
    index: int = strawberry.field(description="Its number, from 1.")
    title: str = strawberry.field(description="Name of the document.")
    snippet: str | None = strawberry.field(description="The passage.")
    url: str | None = strawberry.field(description="Where to read it.")


@strawberry.type(description="How somebody rated a reply.")
class Feedback:
    rating: Rating = strawberry.field(description="Good or not.")
    reasons: list[str] = strawberry.field(description="Why, in the app's words.")
    comment: str | None = strawberry.field(description="Why, in the person's words.")


@strawberry.type(description="How far a reply is.")
class ReplySnapshot:
    message_id: strawberry.ID = strawberry.field(description="The reply.")
    cursor: str = strawberry.field(description="Ask after it next time.")
    state: MessageState = strawberry.field(description="How far it is.")
    text: str = strawberry.field(description="What came after `after`; from the start when `reset`.")
    reset: bool = strawberry.field(description="True: the text so far is withdrawn.")
    done: bool = strawberry.field(description="True: nothing more will come.")


@strawberry.type(description="One question to one provider.")
class AiInteraction:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    session = batched("overseen_sessions", replies.session_key, graphql_type=ChatSession, description="Where.")
    user_message = batched(
        "overseen_messages", replies.question_key, graphql_type=Message, description="What was asked."
    )
    reply = batched("overseen_messages", replies.reply_key, graphql_type=Message | None, description="What it became.")
    api_config = batched(
        "api_configs",
        "api_config_id",
        graphql_type=ApiConfig | None,
        description="Who was asked; null: the demonstration.",
    )
    service_url: str | None = strawberry.field(description="Its address then.")
    model: str | None = strawberry.field(description="The model that answered.")
    attempt: int = strawberry.field(description="Which attempt at the reply, from 1.")
    status: RunStatus = strawberry.field(description="How it ended.")
    request_content: JSON | None = strawberry.field(description="What was sent, without keys; removed after a time.")
    response_content: JSON | None = strawberry.field(description="What came back; removed after a time.")
    duration_ms: int | None = strawberry.field(description="How long it took.")
    first_token_ms: int | None = strawberry.field(description="Until the first word.")
    prompt_tokens: int | None = strawberry.field(description="Tokens asked, as the provider counts.")
    completion_tokens: int | None = strawberry.field(description="Tokens answered.")
    error_code = computed(replies.error_code, graphql_type=str | None, description="What went wrong, an ErrorCode.")
    error_message: str | None = strawberry.field(description="What went wrong, in the provider's words.")
    created_at: datetime = strawberry.field(description="When it began.")
    updated_at: datetime = strawberry.field(description="When it ended.")


@strawberry.type(description="An interaction in its page.")
class AiInteractionEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: AiInteraction = strawberry.field(description="The interaction.")


@strawberry.type(description="A page of interactions, newest first.")
class AiInteractionConnection:
    edges: list[AiInteractionEdge] = strawberry.field(description="Interactions with their cursors.")
    nodes: list[AiInteraction] = strawberry.field(description="The interactions alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class ReplyQuery:
    reply_progress = strawberry.field(
        resolver=replies.reply_progress,
        graphql_type=ReplySnapshot,
        description="Long poll for clients without a socket: answers when there is news, or after `waitMs`.",
        permission_classes=[SignedIn],
    )
    ai_interactions = strawberry.field(
        resolver=replies.ai_interactions,
        graphql_type=AiInteractionConnection,
        description="For admins: what was asked of providers, newest first.",
        permission_classes=[Admin],
    )


@strawberry.type
class ReplyMutation:
    stop_reply = strawberry.mutation(
        resolver=replies.stop_reply,
        graphql_type=Message,
        description="Stop a reply; what was said stays.",
        permission_classes=[SignedIn],
    )
    regenerate_reply = strawberry.mutation(
        resolver=replies.regenerate_reply,
        graphql_type=SendPayload,
        description="A new reply to the same question.",
        permission_classes=[SignedIn],
    )
    rate_reply = strawberry.mutation(
        resolver=replies.rate_reply,
        graphql_type=Message,
        description="Say how good a reply was; without a rating an earlier one is taken back.",
        permission_classes=[SignedIn],
    )
