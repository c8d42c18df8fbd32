"""Values of scalars and enums on their way out: the code for the usual case, and a function for every other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLScalarType,
    GraphQLString,
)
from graphql.pyutils import Undefined
from strawberry.schema.schema_converter import CustomGraphQLEnumType

from compiled.run import Encoded, NotCompiled
from compiled.sanity import look_at

# True where the value is not yet what graphql-core would put out. `v - v` is 0 for finite numbers only.
_UNUSUAL: dict[GraphQLScalarType, str] = {
    GraphQLString: "{v}.__class__ is not str",
    GraphQLID: "{v}.__class__ is not str",
    GraphQLBoolean: "{v}.__class__ is not bool",
    GraphQLInt: "{v}.__class__ is not int or not -2147483648 <= {v} <= 2147483647",
    GraphQLFloat: "{v}.__class__ is not float or {v} - {v} != 0",
}


# Classes met before take no call of `complete`; whatever comes out empty is looked at there.
_QUICKLY = {
    "as_text": "{v}.__class__ in {as_text} and str({v}) or {complete}({v})",
    "sane": "{v}.__class__ in {sane} and {coerce}({v}) or {complete}({v})",
}


@dataclass(frozen=True)
class Known:
    """Classes of values that were looked at: all of them, and those that are just written as text."""

    sane: set[type] = field(default_factory=set)
    as_text: set[type] = field(default_factory=set)


@dataclass(frozen=True)
class Leaf:
    """`code` completes the variable {v} in place; the names it uses are formats for the keys of `names`."""

    complete: Callable[[Any], Any]
    code: str
    names: dict[str, Any] = field(default_factory=dict)


def leaf(type_: GraphQLLeafType, nullable: bool, encoded: Encoded | None = None) -> Leaf:
    """How values of this type are completed; `complete` raises NotCompiled or what the type raises."""
    known = Known()
    complete = completion(type_, nullable, known)
    names: dict[str, Any] = {"as_text": known.as_text, "sane": known.sane, "coerce": type_.coerce_output_value}
    unusual = _UNUSUAL.get(type_) if isinstance(type_, GraphQLScalarType) else None
    if unusual:
        return Leaf(complete, f"if {unusual}: {{v}} = {_QUICKLY['as_text']}", names)
    if isinstance(type_, CustomGraphQLEnumType):
        code = "{v} = {members}[{v}._name_] if {v}.__class__ is {enum} else {complete}({v})"
        return Leaf(complete, code, {"members": _members(type_), "enum": type_.wrapped_cls})
    if encoded:
        names |= {"kind": encoded.kind, "value": encoded.value}
        return Leaf(complete, f"if {_not_encoded(encoded)}: {{v}} = {_QUICKLY['sane']}", names)
    return Leaf(complete, f"{{v}} = {_QUICKLY['sane']}", names)


def _not_encoded(encoded: Encoded) -> str:
    return f"{{v}}.__class__ is not {{kind}} or {{v}}.{encoded.attribute} is not {{value}}"


def completion(type_: GraphQLLeafType, nullable: bool, known: Known) -> Callable[[Any], Any]:
    """graphql-core's completion of one leaf value, without errors: they leave the run to graphql-core."""
    coerce: Callable[[Any], Any] = type_.coerce_output_value

    def complete(value: Any) -> Any:
        if value is None and nullable:
            return None
        if value.__class__ in known.as_text:
            return str(value)
        if value.__class__ not in known.sane:
            look_at(value.__class__)
            known.sane.add(value.__class__)
            if type_ is GraphQLID and _is_written_as_text(value.__class__):
                known.as_text.add(value.__class__)
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise NotCompiled(f"a null for {type_}")
        return coerced

    return complete


def _is_written_as_text(kind: type) -> bool:
    """Whether graphql-core's ID is just `str` of such a value, as it is of a UUID."""
    return kind.__module__ != "builtins" and not issubclass(kind, str | int | float)


def _members(type_: CustomGraphQLEnumType) -> dict[str, str]:
    """The GraphQL names of the enum's members by their Python names."""
    members: Iterable[Enum] = type_.wrapped_cls.__members__.values()
    return {member.name: type_.coerce_output_value(member) for member in members}
