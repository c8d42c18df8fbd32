"""Messages of graphql-transport-ws: their form, and the close codes for those that have none."""

from typing import Any, NamedTuple

from transport.asgi import Message
from transport.encoding import encode
from transport.ports import Refused
from transport.requests import read_json


class Close(NamedTuple):
    """How a socket ends; code 0 says nothing, because nobody listens."""

    code: int
    reason: str


class Invalid(Exception):
    """A message that breaks the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.close = Close(code, reason)


def parse(message: Message, limit: int) -> dict[str, Any]:
    """The object of a text message of at most `limit` characters; raises Invalid."""
    text = message.get("text")
    if text is None:
        raise Invalid(4400, "Messages are text")
    if len(text) > limit:
        raise Invalid(1009, "Message too big")
    try:
        parsed = read_json(text)
    except Refused:
        raise Invalid(4400, "Message is not JSON") from None
    if not isinstance(parsed, dict):
        raise Invalid(4400, "Message is not an object")
    return parsed


def identifier_of(message: dict[str, Any], limit: int) -> str:
    """Raises Invalid unless the id is a text of 1 to `limit` characters."""
    identifier = message.get("id")
    if isinstance(identifier, str) and 0 < len(identifier) <= limit:
        return identifier
    raise Invalid(4400, "Message id is missing or invalid")


def frame(kind: str, payload: dict[str, Any]) -> str:
    return encode({"type": kind, "payload": payload} if payload else {"type": kind}).decode()


def payload_of(message: dict[str, Any]) -> dict[str, Any]:
    payload = message.get("payload")
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise Invalid(4400, "Payload is not an object")
    return payload
