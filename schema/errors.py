"""What can go wrong, in words."""

from domain.errors import ErrorCode
from schema.enums import describe

describe(
    ErrorCode,
    "What went wrong; the same codes as `errors[].extensions.code`.",
    BAD_USER_INPUT="The input is not valid; `field` says where.",
    UNAUTHENTICATED="Not signed in, or no longer.",
    FORBIDDEN="Signed in, but not allowed.",
    NOT_FOUND="No such thing, or not the caller's.",
    CONFLICT="Something else happened in between.",
    RATE_LIMITED="Too often; `retryAfterMs` says when again.",
    CONTENT_BLOCKED="Refused by content moderation.",
    PAYLOAD_TOO_LARGE="Too large.",
    QUERY_TOO_COMPLEX="The operation asks for too much.",
    UPSTREAM_UNAVAILABLE="An outside service is not available.",
    UPSTREAM_TIMEOUT="An outside service took too long.",
    INTERNAL_SERVER_ERROR="Our fault; the request id finds it in the logs.",
    GRAPHQL_PARSE_FAILED="The document is not GraphQL.",
    GRAPHQL_VALIDATION_FAILED="The document does not fit the schema.",
    BAD_REQUEST="The request is not GraphQL over HTTP.",
)

__all__ = ["ErrorCode"]
