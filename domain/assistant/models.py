"""What an answer is made of, and who gives it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from domain.assistant.dialects.words import ApiType
from domain.chat.models import Citation, Message, MessageKey
from domain.errors import ErrorCode

MAX_ATTEMPTS = 3


class RunStatus(Enum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    STOPPED = "STOPPED"

    @property
    def over(self) -> bool:
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class ApiConfig:
    """One model behind one address. The key stays sealed; `api_key_hint` is its last four characters."""

    id: UUID
    name: str
    type: ApiType
    base_url: str
    api_key_hint: str | None
    default_model: str | None
    timeout_ms: int
    enabled: bool
    fallback_id: UUID | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DialogConfig:
    """One assistant: its name, its prompt, and which api_config answers for it (None: any that is enabled)."""

    id: UUID
    slug: str
    role_name: str
    prompt: str
    greeting: str | None
    model_name: str | None
    text_api_id: UUID | None
    image_api_id: UUID | None
    enabled: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Provider:
    """An api_config with its key still sealed, as the reply engine uses it."""

    config: ApiConfig
    key_sealed: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewReply:
    session_id: UUID
    seq: int
    question_seq: int
    asker_id: UUID
    assistant: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A reply that this process may now generate; whoever claims later has a higher `attempt`, and this one loses."""

    key: MessageKey
    question_seq: int
    asker_id: UUID
    assistant: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Run:
    """How far a reply has come; `attempt` is the one whose text is, or will be, the message."""

    message: Message
    attempt: int
    status: RunStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended; `text` is what was said until then."""

    status: RunStatus
    text: str
    citations: tuple[Citation, ...] = ()
    error_code: ErrorCode | None = None
    provider_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a trial question to a provider showed."""

    ok: bool
    status: int | None
    first_token_ms: int | None
    duration_ms: int
    sample: str | None
    error: str | None
