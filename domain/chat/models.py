"""What a conversation is made of."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from domain.clock import parse_id
from domain.errors import ErrorCode
from domain.viewer import CareRole

MAX_TEXT = 4_000
MAX_TITLE = 100
MAX_CLIENT_KEY = 64
MAX_IMAGES = 9


class SessionKind(Enum):
    ASSISTANT = "ASSISTANT"
    GROUP = "GROUP"


class AiMode(Enum):
    AUTO = "AUTO"
    MENTION = "MENTION"
    OFF = "OFF"


class MessageKind(Enum):
    TEXT = "TEXT"
    IMAGE = "IMAGE"
    AI_REPLY = "AI_REPLY"
    SYSTEM = "SYSTEM"


class MessageState(Enum):
    SENT = "SENT"
    PENDING = "PENDING"
    STREAMING = "STREAMING"
    COMPLETE = "COMPLETE"
    STOPPED = "STOPPED"
    FAILED = "FAILED"
    RECALLED = "RECALLED"


class ChatSession(NamedTuple):
    """A session as one of its members sees it: the last five fields before the times are that member's own."""

    id: UUID
    kind: SessionKind
    title: str | None
    description: str | None
    owner_id: UUID
    assistant_slug: str | None
    ai_mode: AiMode
    last_seq: int
    member_id: UUID
    member_role: CareRole
    read_seq: int
    joined_seq: int
    pinned: bool
    archived: bool
    created_at: datetime
    updated_at: datetime

    @property
    def unread_count(self) -> int:
        return self.last_seq - self.read_seq


@dataclass(frozen=True, slots=True)
class Member:
    session_id: UUID
    user_id: UUID
    care_role: CareRole
    read_seq: int
    joined_seq: int
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that an answer rests on; `index` counts from 1, `url` is http(s)."""

    index: int
    title: str
    snippet: str | None = None
    url: str | None = None


class Message(NamedTuple):
    """`seq` is gap-free inside the session, from 1. A tuple, as a page makes many: a frozen dataclass takes thrice."""

    session_id: UUID
    seq: int
    sender_id: UUID | None
    sender_role: CareRole
    kind: MessageKind
    state: MessageState
    content: str
    reply_to_seq: int | None
    citations: tuple[Citation, ...]
    error_code: ErrorCode | None
    created_at: datetime
    updated_at: datetime

    @property
    def id(self) -> str:
        return f"{self.session_id}.{self.seq}"  # message_id without the call: every page makes many


class MessageKey(NamedTuple):
    session_id: UUID
    seq: int


def message_id(session_id: UUID, seq: int) -> str:
    return f"{session_id}.{seq}"


def parse_message_id(text: str) -> MessageKey | None:
    """None for anything that `message_id` could not have made."""
    head, _, tail = text.partition(".")
    session_id = parse_id(head)
    if session_id is None or not tail.isascii() or not tail.isdecimal() or len(tail) > 9 or tail.startswith("0"):
        return None
    return MessageKey(session_id, int(tail))


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session about to be stored, with its owner as first member."""

    id: UUID
    kind: SessionKind
    title: str | None
    description: str | None
    owner_id: UUID
    owner_role: CareRole
    assistant_slug: str | None
    ai_mode: AiMode
    created_key: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about to get its seq."""

    session_id: UUID
    sender_id: UUID | None
    sender_role: CareRole
    kind: MessageKind
    state: MessageState
    content: str
    reply_to_seq: int | None = None
    client_key: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a person asked to send. Without `session_id` a session with `assistant` begins."""

    session_id: str | None
    assistant: str
    text: str
    client_key: str
    image_ids: tuple[UUID, ...] = ()

    @property
    def kind(self) -> MessageKind:
        return MessageKind.IMAGE if self.image_ids else MessageKind.TEXT


class Said(NamedTuple):
    """`reply`: still to come; None where nobody is asked."""

    message: Message
    reply: Message | None


@dataclass(frozen=True, slots=True)
class Sent:
    """`duplicate`: the client key was seen before and nothing new happened."""

    session: ChatSession
    message: Message
    reply: Message | None
    duplicate: bool


@dataclass(frozen=True, slots=True)
class SessionChange:
    """None: leave as it is."""

    title: str | None = None
    pinned: bool | None = None
    archived: bool | None = None
    ai_mode: AiMode | None = None


class Listing(NamedTuple):
    """A page of somebody's own sessions, after the place (pinned, updated_at, id) of the last one seen."""

    member_id: UUID
    kind: SessionKind | None
    archived: bool
    size: int
    after: tuple[bool, datetime, UUID] | None


class Span(NamedTuple):
    """The messages low..high (both included) of a session, read as one of its members."""

    member_id: UUID
    session_id: UUID
    low: int
    high: int
