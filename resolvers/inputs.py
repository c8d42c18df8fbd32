"""Reading inputs: what was given, and only that."""

from dataclasses import fields
from typing import Any

import strawberry


def given(input: Any) -> dict[str, Any]:
    """The fields the client wrote, null included; what is UNSET stays as it is."""
    values = {field.name: getattr(input, field.name) for field in fields(input)}
    return {name: value for name, value in values.items() if value is not strawberry.UNSET}
