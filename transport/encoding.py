"""Results as JSON in UTF-8, Chinese unescaped, moments of UTC as RFC 3339 with Z.

What orjson refuses (half a surrogate pair) goes the slow way.
"""

import json
from datetime import datetime
from typing import Any

import orjson

OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_SUBCLASS


def encode(value: Any) -> bytes:
    """JSON in one line; raises TypeError, ValueError or RecursionError for what has no JSON form."""
    try:
        return orjson.dumps(value, option=OPTIONS)
    except TypeError:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_moment)
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _moment(value: Any) -> Any:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return orjson.loads(orjson.dumps(value, option=OPTIONS))
