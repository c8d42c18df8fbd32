"""What an answer is made of, and who gives it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from domain.assistant.breaker import Breaker
from domain.assistant.dialects.words import ApiType
from domain.chat.models import Citation, Message, MessageKey
from domain.errors import ErrorCode

MAX_CLAIMS = 3
"""How often a reply is begun anew when whoever generates it is lost."""


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
    failures: int = 0
    retry_at: datetime | None = None
    first_token_timeout_ms: int = 15_000
    idle_timeout_ms: int = 15_000

    @property
    def breaker(self) -> Breaker:
        return Breaker(self.failures, self.retry_at)


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
class Claim:
    """A reply that this process may now generate.

    Whoever claims later has a higher `attempt`, and this one loses; turning to another provider after the first word
    raises it too. `claims` counts only the former.
    """

    key: MessageKey
    question_seq: int
    asker_id: UUID
    assistant: str
    attempt: int
    claims: int
    stop_requested: bool


@dataclass(frozen=True, slots=True)
class Run:
    """How far a reply has come; `attempt` is the one whose text is, or will be, the message."""

    message: Message
    attempt: int
    status: RunStatus


@dataclass(frozen=True, slots=True)
class AiInteraction:
    """One question to one provider. Contents are removed after some weeks, figures stay."""

    id: UUID
    session_id: UUID
    question_seq: int
    reply_seq: int
    api_config_id: UUID | None
    service_url: str | None
    model: str | None
    attempt: int
    status: RunStatus
    request_content: Mapping[str, Any] | None = field(repr=False)
    response_content: Mapping[str, Any] | None = field(repr=False)
    duration_ms: int | None
    first_token_ms: int | None
    prompt_tokens: int | None
    completion_tokens: int | None
    error_code: ErrorCode | None
    error_message: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended; `text` is what was said until then."""

    status: RunStatus
    text: str
    citations: tuple[Citation, ...] = ()
    error_code: ErrorCode | None = None
    provider_id: UUID | None = None
    interaction: AiInteraction | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """What a trial question to a provider showed."""

    ok: bool
    status: int | None
    first_token_ms: int | None
    duration_ms: int
    sample: str | None
    error: str | None


class Rating(Enum):
    LIKE = "LIKE"
    DISLIKE = "DISLIKE"


@dataclass(frozen=True, slots=True)
class Feedback:
    rating: Rating
    reasons: list[str]
    comment: str | None
