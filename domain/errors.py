"""Everything that can go wrong on purpose: one class a code of the contract, words for people in two languages."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar


class ErrorCode(Enum):
    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    CONTENT_BLOCKED = "CONTENT_BLOCKED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    UPSTREAM_TIMEOUT = "UPSTREAM_TIMEOUT"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_REQUEST = "BAD_REQUEST"


class StorageAway(Exception):
    """The database cannot be reached for a while. What was to be stored is not, or it is unknown whether it is."""


class DomainError(Exception):
    """An expected refusal. `zh` and `en` are shown to people; `field` is the path of the input at fault."""

    code: ClassVar[ErrorCode] = ErrorCode.INTERNAL_SERVER_ERROR

    def __init__(self, zh: str, en: str, *, field: str | None = None, retry_after_ms: int | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.field = field
        self.retry_after_ms = retry_after_ms


class BadUserInput(DomainError):
    code = ErrorCode.BAD_USER_INPUT


class ManyProblems(BadUserInput):
    """Several items of one batch are wrong: the first speaks for all, each is in `problems`."""

    def __init__(self, problems: Sequence[DomainError]) -> None:
        first = problems[0]
        super().__init__(first.zh, first.en, field=first.field)
        self.problems = tuple(problems)


class Unauthenticated(DomainError):
    code = ErrorCode.UNAUTHENTICATED

    def __init__(self, zh: str = "请先登录", en: str = "Please sign in first.") -> None:
        super().__init__(zh, en)


class Forbidden(DomainError):
    code = ErrorCode.FORBIDDEN

    def __init__(self, zh: str = "没有权限", en: str = "You may not do this.") -> None:
        super().__init__(zh, en)


class NotFound(DomainError):
    """The one answer for a foreign, an unknown and a malformed id."""

    code = ErrorCode.NOT_FOUND

    def __init__(self, zh: str = "没有找到", en: str = "Not found.", *, field: str | None = None) -> None:
        super().__init__(zh, en, field=field)


class Conflict(DomainError):
    code = ErrorCode.CONFLICT


class RateLimited(DomainError):
    code = ErrorCode.RATE_LIMITED

    def __init__(self, retry_after_ms: int, zh: str = "操作太频繁，请稍后再试", en: str = "Too many requests.") -> None:
        super().__init__(zh, en, retry_after_ms=retry_after_ms)


class ContentBlocked(DomainError):
    code = ErrorCode.CONTENT_BLOCKED


class PayloadTooLarge(DomainError):
    code = ErrorCode.PAYLOAD_TOO_LARGE


class UpstreamUnavailable(DomainError):
    code = ErrorCode.UPSTREAM_UNAVAILABLE


class UpstreamTimeout(DomainError):
    code = ErrorCode.UPSTREAM_TIMEOUT
