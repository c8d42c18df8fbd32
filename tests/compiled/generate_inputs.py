"""Random argument values, as literals or as variables with and without defaults, now and then wrong."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    is_required_input_field,
)
from graphql.pyutils import Undefined

_SCALARS: dict[str, Sequence[Any]] = {
    "Int": [0, 1, 2, 5, -1],
    "Float": [0, 0.5, -2.25, 3],
    "String": ["", "text", '引"号\n', "boom"],
    "Boolean": [True, False],
    "ID": ["p1", "1", 7],
    "DateTime": ["2026-01-02T12:00:00+00:00", "2026-01-02T12:00:00Z"],
    "Date": ["2026-01-02"],
    "Decimal": ["1.50"],
    "JSON": [None, 1, "x", [1, {"a": None}], {"b": [True]}],
}
_WRONG: Sequence[Any] = ["wrong", -1.5, [], {"no": 1}, None, 2**40]


class Enumerated(str):
    """The name of an enum's value: without quotes as a literal."""

    __slots__ = ()


class _Variable(NamedTuple):
    name: str
    type: GraphQLInputType
    may_be_absent: bool


class Inputs:
    """The values and variables of one operation."""

    def __init__(self, random: Random, samples: Mapping[str, Sequence[Any]]) -> None:
        self._random = random
        self._samples = {**_SCALARS, **samples}
        self._definitions: list[str] = []
        self._variables: list[_Variable] = []

    def definitions(self) -> str:
        """The variable definitions, with their parentheses."""
        return f"({', '.join(self._definitions)})" if self._definitions else ""

    def variables(self) -> dict[str, Any]:
        """What a client sends for them: other values with each call, some of them wrong, some left out."""
        values = {f"v{number}": self._provided(each) for number, each in enumerate(self._variables)}
        return {name: value for name, value in values.items() if value is not Undefined}

    def switch(self) -> str:
        """A condition for `@skip` or `@include`."""
        if self._random.random() < 0.4:
            return self._random.choice(["true", "false"])
        return self._variable("if", GraphQLNonNull(GraphQLBoolean), None)

    def value(self, name: str, type_: GraphQLInputType, argument: GraphQLArgument | GraphQLInputField | None) -> str:
        """What to write for an argument of this name and type."""
        if self._random.random() < 0.4:
            return self._variable(name, type_, argument)
        return self._literal(name, type_)

    def _variable(
        self, name: str, type_: GraphQLInputType, argument: GraphQLArgument | GraphQLInputField | None
    ) -> str:
        variable = f"v{len(self._definitions)}"
        has_default = self._random.random() < 0.4
        declared = self._declared(type_, has_default or (argument is not None and argument.default is not None))
        default = f" = {literal(self._sample(name, type_))}" if has_default else ""
        self._definitions.append(f"${variable}: {declared}{default}")
        self._variables.append(_Variable(name, declared, has_default or not isinstance(declared, GraphQLNonNull)))
        return f"${variable}"

    def _declared(self, type_: GraphQLInputType, has_default: bool) -> GraphQLInputType:
        """The type of a variable: that of its place, stricter, or, with a default, nullable."""
        if isinstance(type_, GraphQLNonNull):
            return type_.of_type if has_default and self._random.random() < 0.5 else type_
        return GraphQLNonNull(type_) if self._random.random() < 0.3 else type_

    def _provided(self, variable: "_Variable") -> Any:
        chance = self._random.random()
        if chance < (0.25 if variable.may_be_absent else 0.01):
            return Undefined
        return self._sample(variable.name, variable.type) if chance < 0.985 else self._random.choice(_WRONG)

    def _literal(self, name: str, type_: GraphQLInputType) -> str:
        """A literal; inside of lists and input objects there may be variables."""
        bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(bare, GraphQLInputObjectType):
            fields = self._chosen_fields(bare)
            return "{" + ", ".join(f"{each}: {self.value(each, field.type, field)}" for each, field in fields) + "}"
        if isinstance(bare, GraphQLList) and self._random.random() < 0.5:
            return "[" + ", ".join(self.value(name, bare.of_type, None) for _ in range(self._random.randrange(3))) + "]"
        return literal(self._sample(name, type_))

    def _sample(self, name: str, type_: GraphQLInputType) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self._present(name, type_.of_type)
        return None if self._random.random() < 0.15 else self._present(name, type_)

    def _present(self, name: str, type_: Any) -> Any:
        if isinstance(type_, GraphQLList):
            items = [self._sample(name, type_.of_type) for _ in range(self._random.randrange(4))]
            return items[0] if len(items) == 1 and self._random.random() < 0.3 else items
        if isinstance(type_, GraphQLInputObjectType):
            return {each: self._sample(each, field.type) for each, field in self._chosen_fields(type_)}
        if isinstance(type_, GraphQLEnumType):
            return Enumerated(self._random.choice(list(type_.values)))
        found = self._samples.get(name) or self._samples.get(name.rpartition(".")[2])
        return self._random.choice(found or self._samples[type_.name])

    def _chosen_fields(self, type_: GraphQLInputObjectType) -> list[tuple[str, GraphQLInputField]]:
        if type_.is_one_of:
            return [self._random.choice(list(type_.fields.items()))]
        return [
            (name, each)
            for name, each in type_.fields.items()
            if is_required_input_field(each) or self._random.random() < 0.5
        ]


def literal(value: Any) -> str:
    """A JSON value as a GraphQL literal."""
    if isinstance(value, Enumerated):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return orjson.dumps(value).decode()
