"""The variables of an operation, coerced as graphql-core does, with everything that never changes worked out once."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    is_leaf_type,
    is_non_null_type,
    specified_scalar_types,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, input_is_nested_too_deeply
from graphql.pyutils import Undefined
from graphql.type import GraphQLDefaultInput
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_value

from compiled.run import NotCompiled


class _Variable(NamedTuple):
    name: str
    signature: GraphQLVariableSignature
    is_nested: bool
    default: Any

    def coerce(self, given: Any) -> Any:
        """The coerced value; raises NotCompiled where graphql-core would report an error."""
        type_ = self.signature.type
        if self.is_nested and input_is_nested_too_deeply(given, type_):
            raise NotCompiled(f"variable ${self.name} is nested too deeply")
        coerced = coerce_input_value(given, type_)
        if coerced is Undefined:
            raise NotCompiled(f"variable ${self.name} is not valid")
        return coerced

    def fallback(self) -> Any:
        """The default, fresh where somebody might change it, Undefined without one."""
        if self.default is not Undefined or self.signature.default is None:
            return self.default
        return coerce_default_value(_unremembered(self.signature))


class Variables:
    """Coerces what a client sent as variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._variables = [_variable(schema, node) for node in operation.variable_definitions or ()]

    def coerce(self, given: Mapping[str, Any]) -> VariableValues:
        """As graphql-core's `get_variable_values`; raises NotCompiled where that gives errors."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for variable in self._variables:
            name, signature = variable.name, variable.signature
            value = given.get(name, Undefined)
            sources[name] = VariableValueSource(signature, value)
            if value is not Undefined:
                coerced[name] = variable.coerce(value)
            elif (fallback := variable.fallback()) is not Undefined:
                coerced[name] = fallback
            elif is_non_null_type(signature.type):
                raise NotCompiled(f"variable ${name} is missing")
        return VariableValues(sources, coerced)


def _variable(schema: GraphQLSchema, node: VariableDefinitionNode) -> _Variable:
    signature = get_variable_signature(schema, node)
    if isinstance(signature, GraphQLError):
        raise NotCompiled(signature.message)
    default = coerce_default_value(signature) if is_immutable(signature.type) else Undefined
    return _Variable(signature.name, signature, not _is_leaf(signature.type), default)


def _is_leaf(type_: GraphQLInputType) -> bool:
    return is_leaf_type(type_.of_type if is_non_null_type(type_) else type_)


def is_immutable(type_: GraphQLInputType) -> bool:
    """Whether values of this type cannot be changed by who gets them: built-in scalars and enums, not in lists."""
    bare: Any = type_.of_type if is_non_null_type(type_) else type_
    return bare in specified_scalar_types.values() or isinstance(bare, GraphQLEnumType)


def _unremembered(signature: GraphQLVariableSignature) -> GraphQLVariableSignature:
    """graphql-core remembers a coerced default beside it: with this copy each run gets its own."""
    literal = signature.default.literal if signature.default else None
    return signature._replace(default=GraphQLDefaultInput(literal=literal))
