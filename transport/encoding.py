"""Results as JSON in UTF-8, Chinese unescaped. What orjson refuses (half a surrogate pair) goes the slow way."""

import json
from typing import Any

import orjson

OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def encode(value: Any) -> bytes:
    """JSON in one line; raises TypeError, ValueError or RecursionError for what has no JSON form."""
    try:
        return orjson.dumps(value, option=OPTIONS)
    except TypeError:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
