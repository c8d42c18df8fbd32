"""The schema …"""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
)

from schema import printed_schema
from schema.__main__ import SNAPSHOT

SCHEMA = build_schema(printed_schema())


def test_is_the_committed_one() -> None:
    assert SNAPSHOT.read_text() == printed_schema(), "run `make schema` and commit schema/schema.graphql"


def test_describes_everything() -> None:
    undescribed = [name for kind in SCHEMA.type_map.values() for name in _undescribed(kind)]
    assert undescribed == []


def _undescribed(kind: GraphQLNamedType) -> list[str]:
    if kind.name.startswith("__"):
        return []
    parts: dict[str, str | None] = {kind.name: kind.description}
    if isinstance(kind, GraphQLEnumType):
        parts |= {f"{kind.name}.{name}": value.description for name, value in kind.values.items()}
    if isinstance(kind, GraphQLInputObjectType):
        parts |= {f"{kind.name}.{name}": field.description for name, field in kind.fields.items()}
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            parts[f"{kind.name}.{name}"] = field.description
            parts |= {f"{kind.name}.{name}({key})": value.description for key, value in field.args.items()}
    return [name for name, description in parts.items() if not description]
