"""Conversations: sessions, who is in them, what was said."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from compiled.fields import batched
from domain.chat.models import AiMode, MessageKind, MessageState, SessionKind
from domain.viewer import CareRole
from resolvers import chat, replies
from resolvers.permissions import SignedIn
from schema.accounts import User
from schema.enums import describe
from schema.errors import ErrorCode
from schema.files import File
from schema.paging import PageInfo

if TYPE_CHECKING:
    from schema.assistant import Assistant
    from schema.replies import Citation, Feedback

describe(SessionKind, "What kind of session.", ASSISTANT="One person and the AI.", GROUP="A care group.")
describe(
    AiMode,
    "When the AI answers.",
    AUTO="Patients' messages go to the AI, doctors' do not.",
    MENTION="Only when the AI is addressed.",
    OFF="Never.",
)
describe(
    MessageKind,
    "What kind of message.",
    TEXT="A text.",
    IMAGE="Pictures, perhaps with a text.",
    AI_REPLY="An answer of the AI.",
    SYSTEM="Said by the system.",
)
describe(
    MessageState,
    "How far a message is.",
    SENT="Said by a person.",
    PENDING="A reply that is still to come.",
    STREAMING="A reply on its way.",
    COMPLETE="A whole reply.",
    STOPPED="A reply that was stopped; its text is what was said until then.",
    FAILED="A reply that failed.",
    RECALLED="Taken back by its sender.",
)


@strawberry.type(description="Somebody in a session.")
class Member:
    user = batched("users", "user_id", graphql_type=User, description="Who.")
    care_role: CareRole = strawberry.field(description="Who this is in the session.")
    read_seq: int = strawberry.field(description="Has read up to this seq.")
    joined_at: datetime = strawberry.field(description="Since when.")


@strawberry.type(description="Something said in a session.")
class Message:
    id: strawberry.ID = strawberry.field(description="`<session id>.<seq>`.")
    seq: int = strawberry.field(description="Its number in the session: from 1, without gaps.")
    session = batched(
        "sessions",
        chat.session_of_key,
        graphql_type=Annotated["ChatSession", strawberry.lazy("schema.chat")],
        description="Where it was said.",
    )
    sender = batched("users", "sender_id", graphql_type=User | None, description="Who said it; null for the AI.")
    sender_role: CareRole = strawberry.field(description="Who the sender was in the session.")
    kind: MessageKind = strawberry.field(description="What kind of message.")
    state: MessageState = strawberry.field(description="How far it is.")
    content: str = strawberry.field(description="The text; empty while a reply is on its way.")
    files = batched(
        "message_files",
        chat.files_key,
        graphql_type=list[File],
        description="Its pictures, in their order; those that were deleted are left out.",
    )
    reply_to = batched(
        "messages",
        chat.reply_to_key,
        graphql_type=Annotated["Message", strawberry.lazy("schema.chat")] | None,
        description="What it answers.",
    )
    citations: list[Annotated["Citation", strawberry.lazy("schema.replies")]] = strawberry.field(
        description="What the reply rests on."
    )
    my_feedback = batched(
        "feedback",
        replies.feedback_key,
        graphql_type=Annotated["Feedback", strawberry.lazy("schema.replies")] | None,
        description="How the caller rated the reply.",
    )
    error_code: ErrorCode | None = strawberry.field(description="Why a FAILED reply failed.")
    created_at: datetime = strawberry.field(description="When it was said.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="A message in its page.")
class MessageEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: Message = strawberry.field(description="The message.")


@strawberry.type(description="A page of messages, always by seq ascending.")
class MessageConnection:
    edges: list[MessageEdge] = strawberry.field(description="Messages with their cursors.")
    nodes: list[Message] = strawberry.field(description="The messages alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="A conversation, as the caller sees it.")
class ChatSession:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    kind: SessionKind = strawberry.field(description="What kind of session.")
    title: str | None = strawberry.field(description="Its name.")
    description: str | None = strawberry.field(description="What it is for.")
    owner = batched("users", "owner_id", graphql_type=User, description="Who began it.")
    assistant = batched(
        "assistants",
        "assistant_slug",
        graphql_type=Annotated["Assistant", strawberry.lazy("schema.assistant")] | None,
        description="Who answers here.",
    )
    ai_mode: AiMode = strawberry.field(description="When the AI answers.")
    members = batched("members", chat.members_key, graphql_type=list[Member], description="Who is in it.")
    last_seq: int = strawberry.field(description="Seq of the newest message, 0 before the first.")
    last_message = batched(
        "messages", chat.last_message_key, graphql_type=Message | None, description="The newest message."
    )
    unread_count: int = strawberry.field(description="Messages after what the caller has read.")
    messages = batched(
        "message_pages",
        chat.page_key,
        graphql_type=MessageConnection,
        description="The newest page by default; the cursor stands for the message's seq.",
    )
    pinned: bool = strawberry.field(description="Kept on top by the caller.")
    archived: bool = strawberry.field(description="Put away by the caller.")
    created_at: datetime = strawberry.field(description="When it began.")
    updated_at: datetime = strawberry.field(description="When something was last said in it.")


@strawberry.type(description="A session in its page.")
class ChatSessionEdge:
    cursor: str = strawberry.field(description="Opaque position in the list.")
    node: ChatSession = strawberry.field(description="The session.")


@strawberry.type(description="A page of sessions: pinned ones first, then by the newest activity.")
class ChatSessionConnection:
    edges: list[ChatSessionEdge] = strawberry.field(description="Sessions with their cursors.")
    nodes: list[ChatSession] = strawberry.field(description="The sessions alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="A message that was found.")
class MessageHit:
    message: Message = strawberry.field(description="The message.")
    snippet: str = strawberry.field(description="The passage round what was searched.")


@strawberry.type(description="A page of messages that were found, newest first.")
class MessageHitConnection:
    nodes: list[MessageHit] = strawberry.field(description="What was found.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(description="What sending did.")
class SendPayload:
    session: ChatSession = strawberry.field(description="Where it was sent.")
    message: Message = strawberry.field(description="What was sent.")
    reply: Message | None = strawberry.field(description="The AI's reply to come; null where no AI answers.")
    duplicate: bool = strawberry.field(description="True: clientKey was seen before, nothing new happened.")


@strawberry.type
class ChatQuery:
    session = batched(
        "sessions",
        chat.session_key,
        graphql_type=ChatSession | None,
        description="One session of the caller.",
        permission_classes=[SignedIn],
    )
    message = batched(
        "own_messages",
        chat.message_key,
        graphql_type=Message | None,
        description="One message of the caller's sessions.",
        permission_classes=[SignedIn],
    )
    search_messages = strawberry.field(
        resolver=chat.search_messages,
        graphql_type=MessageHitConnection,
        description="Messages with this text in the caller's sessions, newest first.",
        permission_classes=[SignedIn],
    )


@strawberry.type
class ChatMutation:
    create_session = strawberry.mutation(
        resolver=chat.create_session,
        graphql_type=ChatSession,
        description="Begin a session with an assistant.",
        permission_classes=[SignedIn],
    )
    update_session = strawberry.mutation(
        resolver=chat.update_session,
        graphql_type=ChatSession,
        description="Rename (owner), pin or archive (each member for themselves).",
        permission_classes=[SignedIn],
    )
    delete_session = strawberry.mutation(
        resolver=chat.delete_session,
        graphql_type=strawberry.ID,
        description="Delete a session and what was said in it. For its owner.",
        permission_classes=[SignedIn],
    )
    send_text = strawberry.mutation(
        resolver=chat.send_text,
        graphql_type=SendPayload,
        description="Say something; returns at once, the reply is watched by `replyStream`.",
        permission_classes=[SignedIn],
    )
    send_image = strawberry.mutation(
        resolver=chat.send_image,
        graphql_type=SendPayload,
        description="Send pictures, perhaps with a text; as `sendText` otherwise. An assistant that sees no pictures "
        "refuses them.",
        permission_classes=[SignedIn],
    )
    recall_message = strawberry.mutation(
        resolver=chat.recall_message,
        graphql_type=Message,
        description="Take a message back within two minutes: its words are gone for everybody, an answer to it stops.",
        permission_classes=[SignedIn],
    )
    mark_read = strawberry.mutation(
        resolver=chat.mark_read,
        graphql_type=Member,
        description="Say that everything up to `seq` has been read.",
        permission_classes=[SignedIn],
    )
