"""A GraphQL request out of JSON or of query parameters, checked for its form only."""

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from transport.ports import Refused

NO_VARIABLES: dict[str, Any] = {}
DOCUMENT_ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
# The second half of a pair, a lone half, any other escape: in this order each escape is read once.
ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
SURROGATE = re.compile(rb"\\u[dD]")
MENDED_BYTES = 65_536


class Request(NamedTuple):
    """`query` may be None when `document_id`, the SHA-256 of a known document in hex, stands for it."""

    query: str | None
    variables: dict[str, Any]
    operation_name: str | None
    document_id: str | None


def read_json(body: bytes | bytearray | str) -> Any:
    """The value of a JSON text. Half a surrogate pair (an emoji cut in two) becomes U+FFFD where the
    text has at most `MENDED_BYTES`; raises Refused."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            return orjson.loads(mended(body.encode() if isinstance(body, str) else body))
        except (orjson.JSONDecodeError, UnicodeEncodeError):
            raise bad_request("请求体不是合法的 JSON", "The body is not valid JSON.") from None


def mended(body: bytes | bytearray) -> bytes | bytearray:
    """Mending takes up to a hundred times as long as reading: only what people may have written by hand."""
    return ESCAPES.sub(whole, body) if len(body) <= MENDED_BYTES and SURROGATE.search(body) else body


def whole(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape[1] else escape[0]


def read_request(payload: object) -> Request:
    """A request from the value of its JSON; raises Refused (BAD_REQUEST) when the form is wrong."""
    if isinstance(payload, list):
        raise bad_request("不支持批量请求", "Batches of requests are not supported.")
    if not isinstance(payload, dict):
        raise bad_request("请求体必须是 JSON 对象", "The body must be a JSON object.")
    query = optional(payload, "query", str)
    document_id = read_document_id(payload) if "extensions" in payload or "documentId" in payload else None
    if not query and not document_id:
        raise bad_request("缺少 query", "`query` is missing.")
    return Request(
        query or None,
        optional(payload, "variables", dict) or NO_VARIABLES,
        optional(payload, "operationName", str) or None,
        document_id,
    )


def read_parameters(query_string: bytes) -> Request:
    """A request from the query string of a GET; raises Refused (BAD_REQUEST)."""
    try:
        pairs = parse_qsl(query_string.decode(), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise bad_request("查询参数无法解码", "The query string cannot be decoded.") from None
    payload: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        payload[name] = read_json(payload[name]) if payload.get(name) else None
    return read_request(payload)


def read_document_id(payload: dict[str, Any]) -> str | None:
    extensions = optional(payload, "extensions", dict) or {}
    persisted = extensions.get("persistedQuery")
    text = optional(payload, "documentId", str) or (
        persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    )
    found = DOCUMENT_ID.fullmatch(text) if isinstance(text, str) else None
    return found[1] if found else None


def optional(payload: dict[str, Any], name: str, kind: type) -> Any:
    value = payload.get(name)
    if value is None or isinstance(value, kind):
        return value
    raise bad_request(f"{name} 的类型不对", f"`{name}` must be a JSON {'object' if kind is dict else 'string'}.")


def bad_request(zh: str, en: str) -> Refused:
    return Refused("BAD_REQUEST", zh, en)
