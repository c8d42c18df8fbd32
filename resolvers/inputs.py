"""Reading inputs: what was given, and only that."""

from dataclasses import fields
from typing import Any, TypeVar

import strawberry

from domain.unset import UNSET, UnsetType

T = TypeVar("T")


def either(value: T | None, default: T) -> T:
    """A null in place of an argument with a default means the default."""
    return default if value is None else value


def given(input: Any) -> dict[str, Any]:
    """The fields the client wrote, null included; what is UNSET stays as it is."""
    values = {field.name: getattr(input, field.name) for field in fields(input)}
    return {name: value for name, value in values.items() if value is not strawberry.UNSET}


def or_unset(value: T | None) -> T | UnsetType | None:
    """What the client left out in the domain's word for it."""
    return UNSET if value is strawberry.UNSET else value
