"""Reading JSON from strangers: whatever is of another shape counts as absent."""

import json
from typing import Any

import orjson

LARGEST_COUNT = 2**31 - 1


def parse(data: bytes) -> Any:
    """Raises ValueError. Lone surrogates and broken UTF-8 pass, which only the slower parser allows."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _parse_leniently(data)


def _parse_leniently(data: bytes) -> Any:
    try:
        return json.loads(data.decode(errors="replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def as_count(value: Any) -> int:
    """A whole number from 0 to 2^31-1; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return int(value) if 0 <= value <= LARGEST_COUNT else 0
