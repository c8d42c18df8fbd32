"""One question to one provider, while it is being answered."""

from time import monotonic
from uuid import UUID

from domain.assistant.dialects.words import Failure, Prompt, Usage
from domain.assistant.interactions import request_of
from domain.assistant.models import AiInteraction, Claim, Provider, RunStatus
from domain.assistant.providers import DEMO
from domain.assistant.vendor import Heard
from domain.clock import Clock, new_id
from domain.errors import ErrorCode


class Attempt:
    def __init__(self, provider: Provider, prompt: Prompt, clock: Clock) -> None:
        self.id = new_id()
        self.provider = provider
        self.prompt = prompt
        self.heard = Heard()
        self._pieces: list[str] = []
        self._clock = clock
        self._created_at = clock()
        self._began = monotonic()
        self._first_word: float | None = None

    def hear(self, text: str) -> None:
        if self._first_word is None:
            self._first_word = monotonic()
        self._pieces.append(text)

    @property
    def first_word_s(self) -> float | None:
        return self._first_word - self._began if self._first_word is not None else None

    @property
    def age_s(self) -> float:
        return monotonic() - self._began

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def provider_id(self) -> UUID | None:
        """None for the demonstration, which stands in no table."""
        return self.provider.config.id if self.provider is not DEMO else None

    def record(self, claim: Claim, status: RunStatus, failure: Failure | None) -> AiInteraction:
        over = status is not RunStatus.RUNNING
        prompt_tokens, completion_tokens = _tokens(self.heard.usage)
        error_code, error_message = _error(failure)
        return AiInteraction(
            id=self.id,
            session_id=claim.key.session_id,
            question_seq=claim.question_seq,
            reply_seq=claim.key.seq,
            api_config_id=self.provider_id,
            service_url=self.provider.config.base_url or None,
            model=self.heard.model or self.prompt.model or self.provider.config.default_model,
            attempt=claim.attempt,
            status=status,
            request_content=request_of(self.prompt),
            response_content={"text": self.text} if over else None,
            duration_ms=self._since_begin(monotonic()) if over else None,
            first_token_ms=self._since_begin(self._first_word),
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            error_code=error_code,
            error_message=error_message,
            created_at=self._created_at,
            updated_at=self._clock(),
        )

    def _since_begin(self, moment: float | None) -> int | None:
        """Milliseconds."""
        return round((moment - self._began) * 1000) if moment is not None else None


def _tokens(usage: Usage | None) -> tuple[int | None, int | None]:
    return (usage.prompt_tokens, usage.completion_tokens) if usage is not None else (None, None)


def _error(failure: Failure | None) -> tuple[ErrorCode | None, str | None]:
    return (failure.code, failure.log) if failure is not None else (None, None)
