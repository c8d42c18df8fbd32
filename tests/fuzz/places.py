"""The whole schema, one by one: every place that takes a text, every query with all that it has to tell."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

DEPTH = 3

PLAIN: dict[str, Any] = {
    "Int": 1,
    "Float": 1.5,
    "Boolean": True,
    "Date": "2026-02-03",
    "DateTime": "2026-02-03T09:30:00+08:00",
    "Decimal": "70",
    "JSON": {},
}
TEXTS = frozenset({"String", "ID"})
Given = dict[str, GraphQLArgument] | dict[str, GraphQLInputField]


def requests(schema: GraphQLSchema, text: str, known: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Documents with their variables: one for each place. `known`: an id, for all the others."""
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        for name, field in (root.fields if root else {}).items():
            document = document_of(kind, name, field)
            for variables in filled(field.args, text, known):
                yield document, variables


def reads(schema: GraphQLSchema, known: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every query with all that it has to tell down to `DEPTH`, of what `known` names, or of all there is."""
    for name, field in (schema.query_type.fields if schema.query_type else {}).items():
        wanted = {each: argument for each, argument in field.args.items() if is_required_argument(argument)}
        document = document_of("query", name, GraphQLField(field.type, wanted), selection(field.type, DEPTH))
        yield document, {each: plain_value(argument.type, known) for each, argument in wanted.items()}


def selection(type_: GraphQLOutputType, depth: int) -> str:
    named = get_named_type(type_)
    if isinstance(named, GraphQLUnionType):
        return "{ __typename " + " ".join(f"... on {each.name} {selection(each, depth)}" for each in named.types) + " }"
    if not isinstance(named, GraphQLObjectType):
        return ""
    inner = {name: field for name, field in named.fields.items() if is_told(name, field, depth)}
    return (
        "{ __typename " + " ".join(f"{name} {selection(field.type, depth - 1)}" for name, field in inner.items()) + " }"
    )


def is_told(name: str, field: GraphQLField, depth: int) -> bool:
    """Edges tell what nodes tell."""
    is_asked_more = any(is_required_argument(argument) for argument in field.args.values())
    return name != "edges" and not is_asked_more and (depth > 1 or is_leaf_type(get_named_type(field.type)))


def document_of(kind: str, name: str, field: GraphQLField, selected: str = "{ __typename }") -> str:
    declared = ", ".join(f"${each}: {argument.type}" for each, argument in field.args.items())
    passed = ", ".join(f"{each}: ${each}" for each in field.args)
    selected = "" if is_leaf_type(get_named_type(field.type)) else selected
    arguments = (f"({declared})", f"({passed})") if field.args else ("", "")
    return f"{kind} {name}{arguments[0]} {{ {name}{arguments[1]} {selected} }}"


def filled(fields: Given, text: str, known: str) -> Iterator[dict[str, Any]]:
    """All the values that differ from the plain one in one place, where `text` is."""
    plain = {name: plain_value(field.type, known) for name, field in fields.items()}
    for name, field in fields.items():
        for value in values(field.type, text, known):
            yield plain | {name: value}


def values(type_: GraphQLInputType, text: str, known: str) -> Iterator[Any]:
    if isinstance(type_, GraphQLNonNull):
        yield from values(type_.of_type, text, known)
    elif isinstance(type_, GraphQLList):
        yield from ([value] for value in values(type_.of_type, text, known))
    elif isinstance(type_, GraphQLInputObjectType):
        yield from filled(type_.fields, text, known)
    elif type_.name in TEXTS | PLAIN.keys():
        yield text


def plain_value(type_: GraphQLInputType, known: str) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return plain_value(type_.of_type, known)
    if isinstance(type_, GraphQLList):
        return [plain_value(type_.of_type, known)]
    if isinstance(type_, GraphQLInputObjectType):
        return {name: plain_value(field.type, known) for name, field in type_.fields.items()}
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    return None if type_.name == "Upload" else PLAIN.get(type_.name, known)
