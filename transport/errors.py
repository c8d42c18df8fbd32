"""Every error in its final form: `message` in the caller's language, `extensions` with a code and the request id."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLError

from transport.documents import Rejected
from transport.ports import Described, Operation, Ports, Refused

MASKED = {"zh": "服务器出了点问题，请稍后再试", "en": "Something went wrong. Please try again later."}
DETAILS = {
    "GRAPHQL_PARSE_FAILED": {"zh": "请求的语法有误：{}", "en": "{}"},
    "GRAPHQL_VALIDATION_FAILED": {"zh": "请求不符合接口约定：{}", "en": "{}"},
    "BAD_USER_INPUT": {"zh": "输入有误：{}", "en": "{}"},
}
LONGEST_DETAIL = 400
# How graphql-core quotes values, each up to the end of its message but for those of enums.
VALUES = {
    re.compile(r"( cannot represent [\w -]*value): .*", re.DOTALL): r"\1.",
    re.compile(r"(Expected value of type '[^']*'.*?), found:? .*", re.DOTALL): r"\1.",
    re.compile(r"(found (?:Block)?String) .*", re.DOTALL): r"\1.",
    re.compile(r"Value .* does not exist in '", re.DOTALL): "The value does not exist in '",
}
STATUSES = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "PAYLOAD_TOO_LARGE": 413,
    "RATE_LIMITED": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "UPSTREAM_UNAVAILABLE": 502,
    "UPSTREAM_TIMEOUT": 504,
}


class Failure(NamedTuple):
    """Errors that answer a whole request: nothing was executed."""

    errors: list[dict[str, Any]]
    code: str
    retry_after_ms: int | None

    @property
    def status(self) -> int:
        return STATUSES.get(self.code, 400)


class Describer:
    """Words errors for one request: its language and its id."""

    def __init__(self, ports: Ports, language: str, request_id: str) -> None:
        self._ports = ports
        self._language = language
        self._request_id = request_id

    def failure(self, error: Exception, operation: Operation | None = None) -> Failure:
        """What came instead of an execution: a refusal, errors of graphql-core, or the unforeseen."""
        failure = self._failure(error, operation)
        if operation is None:
            self._ports.refused(failure.code, self._request_id)
        return failure

    def _failure(self, error: Exception, operation: Operation | None) -> Failure:
        if isinstance(error, Rejected):
            return Failure([self._before(each, error.code) for each in error.errors], error.code, None)
        if isinstance(error, GraphQLError):
            formatted = self.during(error, operation)
            return Failure([formatted], formatted["extensions"]["code"], None)
        wrapped = GraphQLError("", original_error=error)
        described = self._worded(wrapped, error, operation)
        retry = described.extensions.get("retryAfterMs")
        return Failure([self._formatted(wrapped, described)], described.code, retry if isinstance(retry, int) else None)

    def during(self, error: GraphQLError, operation: Operation | None) -> dict[str, Any]:
        """An error that a field raised."""
        original = root_of(error)
        if original is None and is_input(error):
            return self._formatted(error, self._plain(error, "BAD_USER_INPUT"))
        return self._formatted(error, self._worded(error, original or error, operation))

    def _before(self, error: GraphQLError, code: str) -> dict[str, Any]:
        """An error found before execution; a scalar may have raised one that the application has words for."""
        original = root_of(error)
        described = self._ports.describe(with_root(error), self._language) if original else None
        return self._formatted(error, described or self._plain(error, code))

    def _plain(self, error: GraphQLError, code: str) -> Described:
        return Described(DETAILS[code][self._language].format(detail(error)), code)

    def _worded(self, error: GraphQLError, original: BaseException, operation: Operation | None) -> Described:
        if isinstance(original, Refused):
            return Described(original.words[self._language], original.code, original.extensions)
        described = self._ports.describe(with_root(error), self._language)
        if described is None:
            self._ports.report(original, self._request_id, operation)
            described = Described(MASKED[self._language], "INTERNAL_SERVER_ERROR")
        return described

    def _formatted(self, error: GraphQLError, described: Described) -> dict[str, Any]:
        formatted: dict[str, Any] = {"message": described.message}
        if error.locations:
            formatted["locations"] = [location.formatted for location in error.locations]
        if error.path is not None:
            formatted["path"] = error.path
        extensions: Mapping[str, object] = described.extensions
        formatted["extensions"] = {"code": described.code, "requestId": self._request_id, **extensions}
        return formatted


def root_of(error: GraphQLError) -> BaseException | None:
    """The exception beneath, None when graphql-core itself found the error."""
    original: BaseException | None = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    return None if type(original) is GraphQLError else original


def with_root(error: GraphQLError) -> GraphQLError:
    """The error with what was raised first as its `original_error`, where graphql-core wraps one in another."""
    root = root_of(error)
    if not isinstance(root, Exception) or root is error.original_error:
        return error
    return GraphQLError(error.message, error.nodes, path=error.path, original_error=root)


def is_input(error: GraphQLError) -> bool:
    """Whether a value from the client is at fault: such errors point at an argument or a variable, not at a field."""
    return error.nodes is not None and not any(isinstance(node, FieldNode) for node in error.nodes)


def detail(error: GraphQLError) -> str:
    """The message without what a scalar's Python code said and without the values that the client sent: they may be
    anybody's words or a password, and clients write errors into logs."""
    original = root_of(error)
    message = error.message.replace(f", but encountered error '{original}'", "") if original else error.message
    for values, words in VALUES.items():
        message = values.sub(words, message)
    return message if len(message) <= LONGEST_DETAIL else message[:LONGEST_DETAIL] + "…"
