"""What goes into a dialect and what comes out of it: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol

from domain.chat.models import Citation
from domain.errors import ErrorCode
from domain.outbound import Call

Role = Literal["system", "user", "assistant"]


class ApiType(Enum):
    FASTGPT = "FASTGPT"
    STEP_VISION = "STEP_VISION"
    OPENAI_COMPATIBLE = "OPENAI_COMPATIBLE"
    COZE = "COZE"
    DEMO = "DEMO"


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. `image_urls`: addresses the vendor can download, or data URIs."""

    role: Role
    text: str = field(repr=False)
    image_urls: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The context, oldest turn first. `user`: an opaque tag of the asker. `model` wins over the endpoint's own."""

    turns: tuple[Turn, ...]
    user: str
    reply_id: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a vendor listens. `base_url` as an admin pasted it; `model` is the bot id for Coze, unused by FastGPT."""

    type: ApiType
    base_url: str
    api_key: str = field(repr=False)
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """An answer known beforehand, in place of a call: no network. One piece every `pause_s` seconds."""

    pieces: tuple[bytes, ...] = field(repr=False)
    pause_s: float


class NotCallable(ValueError):
    """The endpoint lacks something a call needs (its text says what, for admins)."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The vendor answered with an HTTP status; always the first event when there is one."""

    status: int


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer: never empty, no lone surrogates, no U+0000."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of the model's thinking, not part of the answer."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cite:
    """All citations of the answer; a later event replaces an earlier one."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the whole answer, once, just before its last event."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Model:
    """The model that really answered; a later event replaces an earlier one."""

    name: str


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """Bytes came, but nothing to show: re-arms an idle timer and no other."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Last event of a good answer. `truncated`: the model hit its length limit."""

    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Last event of a bad answer. `permanent`: the same call will fail again. `log` holds no key and no path.

    UPSTREAM_* and RATE_LIMITED are the provider's fault, so another provider may do better; CONTENT_BLOCKED,
    BAD_USER_INPUT and PAYLOAD_TOO_LARGE come from what was said. `zh` and `en` are for the person who asked.
    """

    code: ErrorCode
    permanent: bool
    log: str
    zh: str
    en: str
    retry_after_s: float | None = None


Event = Opened | Text | Reasoning | Cite | Usage | Model | KeepAlive | Finished | Failure


class Reader(Protocol):
    """Reads one answer. After Finished or Failure it says nothing more."""

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """`headers`: names in lower case."""
        ...

    def feed(self, chunk: bytes) -> list[Event]:
        """Neighbouring pieces of text come as one; [KeepAlive] where there is nothing to show."""
        ...

    def close(self, broken: Failure | None = None) -> list[Event]:
        """The body is over. `broken`: what failed, if it did not end by itself; an answer already whole stays whole."""
        ...


class Dialect(Protocol):
    """A vendor's wording. Stateless."""

    def call(self, endpoint: Endpoint, prompt: Prompt) -> Call | Script:
        """Raises NotCallable."""
        ...

    def reader(self) -> Reader: ...
