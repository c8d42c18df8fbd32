"""One run of a compiled operation: what its parts share, and the one way to give up."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from graphql.pyutils import Path
from strawberry import Schema


class NotCompiled(Exception):
    """This operation, or this run of it, belongs to graphql-core."""


class UnknownPath:
    """The path of a field below a list, where compiled code keeps no count: reading it gives the run up."""

    def _refuse(self, *_: object) -> NoReturn:
        raise NotCompiled("the path of a field below a list is read")

    __getattr__ = __getitem__ = __iter__ = __eq__ = __hash__ = __repr__ = __len__ = _refuse


class Site(NamedTuple):
    """Where in the operation a field stands, which is all that its `info` tells beside the run."""

    definition: GraphQLField
    nodes: list[FieldNode]
    parent_type: GraphQLObjectType
    path: Path | UnknownPath


@dataclass(frozen=True)
class Operation:
    """An operation of a document, with the fragments it may spread, as graphql-core's executor wants them."""

    strawberry: Schema
    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    fragment_nodes: dict[str, FragmentDefinitionNode]
    executor_class: type[Executor[Any]]


@dataclass(slots=True)
class Run:
    """One execution: its context, root value and coerced variables. `info` is made only for those that ask."""

    operation: Operation
    context: Any
    root: Any
    variables: VariableValues
    _executor: Executor[Any] | None = None
    _infos: dict[int, GraphQLResolveInfo[Any]] = field(default_factory=dict)

    def info(self, site: Site) -> GraphQLResolveInfo[Any]:
        """The `info` that graphql-core's executor would give to the resolver at this site."""
        known = self._infos.get(id(site))
        if known is None:
            known = self._infos[id(site)] = self._build_info(site)
        return known

    def _build_info(self, site: Site) -> GraphQLResolveInfo[Any]:
        if self._executor is None:
            self._executor = self._build_executor()
        path: Any = site.path
        return self._executor.build_resolve_info(site.definition, site.nodes, site.parent_type, path)

    def _build_executor(self) -> Executor[Any]:
        operation = self.operation
        return operation.executor_class(
            operation.schema,
            operation.fragment_nodes,
            operation.fragments,
            self.root,
            self.context,
            operation.node,
            self.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
        )
