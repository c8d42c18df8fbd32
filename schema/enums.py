"""Gives the enums of the domain, which know nothing of GraphQL, their descriptions."""

from enum import EnumMeta
from typing import Any

import strawberry


def describe(kind: EnumMeta, description: str, **values: str) -> None:
    """`values`: the description of each member by its name. Raises KeyError when one is missing."""
    # An input that mentions the enum has defined it already: a second definition would be another type.
    definition: Any = getattr(kind, "__strawberry_definition__", None)
    if definition is None:
        definition = vars(strawberry.enum(kind))["__strawberry_definition__"]
    definition.description = description
    for value in definition.values:
        value.description = values[value.name]
