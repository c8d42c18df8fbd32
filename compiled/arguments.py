"""The arguments of a field, once a run: constants are ready, variables looked up, the rest as graphql-core does."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLArgument, GraphQLField, VariableNode, is_non_null_type
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal
from strawberry.relay import GlobalID
from strawberry.types.arguments import StrawberryArgument, convert_arguments
from strawberry.types.base import StrawberryMaybe, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from compiled.run import NotCompiled
from compiled.variables import is_immutable

Arguments = Callable[[VariableValues], dict[str, Any]]


class _Plain(NamedTuple):
    """An argument of an immutable type. `variable` is None for a constant; `value` is the constant or the default."""

    name: str
    variable: str | None
    value: Any
    is_non_null: bool

    def read(self, coerced: Mapping[str, Any]) -> Any:
        """The value, Undefined for none; raises NotCompiled where graphql-core would report an error."""
        if self.variable is None:
            return self.value
        value = coerced.get(self.variable, self.value)
        if value is None and self.is_non_null:
            raise NotCompiled(f"argument {self.name} is null")
        return value


def raw_arguments(definition: GraphQLField, node: FieldNode) -> Arguments:
    """The arguments as graphql-core hands them to a resolver."""
    plain = _all_plain(
        definition, node, {name: argument.out_name or name for name, argument in definition.args.items()}
    )
    return _reader(plain) if plain is not None else lambda variables: get_argument_values(definition, node, variables)


def converted_arguments(definition: GraphQLField, node: FieldNode, field: StrawberryField, schema: Any) -> Arguments:
    """The arguments as strawberry hands them to the function behind a resolver; `schema` is strawberry's."""
    name_of = schema.config.name_converter.from_argument
    plain = None
    if all(map(_is_taken_as_it_is, field.arguments)):
        plain = _all_plain(definition, node, {name_of(argument): argument.python_name for argument in field.arguments})
    if plain is not None:
        return _reader(plain)
    registry = schema.schema_converter.scalar_registry

    def convert(variables: VariableValues) -> dict[str, Any]:
        given = get_argument_values(definition, node, variables)
        return convert_arguments(given, field.arguments, scalar_registry=registry, config=schema.config)

    return convert


def _reader(plain: list[_Plain]) -> Arguments:
    if all(argument.variable is None for argument in plain):
        constant = {argument.name: argument.value for argument in plain if argument.value is not Undefined}
        return lambda _variables: constant

    def read(variables: VariableValues) -> dict[str, Any]:
        values = ((argument.name, argument.read(variables.coerced)) for argument in plain)
        return {name: value for name, value in values if value is not Undefined}

    return read


def _all_plain(definition: GraphQLField, node: FieldNode, names: Mapping[str, str]) -> list[_Plain] | None:
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    if not all(is_immutable(argument.type) for argument in definition.args.values()):
        return None
    return [_plain(names[name], argument, given.get(name)) for name, argument in definition.args.items()]


def _plain(name: str, argument: GraphQLArgument, given: Any) -> _Plain:
    is_non_null = is_non_null_type(argument.type)
    if isinstance(given, VariableNode):
        return _Plain(name, given.name.value, coerce_default_value(argument), is_non_null)
    value = coerce_default_value(argument) if given is None else coerce_input_literal(given, argument.type)
    return _Plain(name, None, value, is_non_null)


def _is_taken_as_it_is(argument: StrawberryArgument) -> bool:
    """Whether strawberry leaves a value of an immutable GraphQL type as graphql-core coerced it."""
    type_ = argument.type
    while isinstance(type_, LazyType | StrawberryOptional):
        if isinstance(type_, StrawberryMaybe):
            return False
        type_ = type_.resolve_type() if isinstance(type_, LazyType) else type_.of_type
    return type_ is not GlobalID
