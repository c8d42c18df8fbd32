"""One run of a compiled operation: what its parts share, and the one way to give up."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, is_awaitable
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


class LateInfo:
    """An `info` that is made when somebody looks at more than its context and the name of its field: few do."""

    __slots__ = ("_run", "_site", "context", "field_name")

    def __init__(self, run: "Run", site: Site) -> None:
        self._run = run
        self._site = site
        self.context = run.context
        self.field_name = site.nodes[0].name.value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run.info(self._site), name)


@dataclass(frozen=True)
class Encoded:
    """Values of a scalar that whoever encodes the result writes just as the scalar does: those of exactly this class
    whose `attribute` is this very `value`."""

    kind: type
    attribute: str
    value: object


@dataclass(frozen=True)
class Operation:
    """An operation of a document, with the fragments it may spread, as graphql-core's executor wants them.

    `encoded`: scalars by name whose usual values are left to whoever encodes the result."""

    strawberry: Schema
    schema: GraphQLSchema
    node: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    fragment_nodes: dict[str, FragmentDefinitionNode]
    executor_class: type[Executor[Any]]
    encoded: Mapping[str, Encoded]


@dataclass(slots=True)
class Run:
    """One execution: its context, root value and coerced variables. `info` is made only for those that ask."""

    operation: Operation
    context: Any
    root: Any
    variables: VariableValues
    _known_executor: Executor[Any] | None = None
    _infos: dict[int, GraphQLResolveInfo[Any]] = field(default_factory=dict)

    def info(self, site: Site) -> GraphQLResolveInfo[Any]:
        """The `info` that graphql-core's executor would give to the resolver at this site."""
        known = self._infos.get(id(site))
        if known is None:
            known = self._infos[id(site)] = self._build_info(site)
        return known

    def forget(self) -> None:
        """At the end: run and infos name each other, and a cycle keeps all that was read until the collector comes."""
        self._infos.clear()

    def _build_info(self, site: Site) -> GraphQLResolveInfo[Any]:
        operation = self.operation
        path: Any = site.path
        if operation.executor_class.build_resolve_info is not Executor.build_resolve_info:
            return self._executor().build_resolve_info(site.definition, site.nodes, site.parent_type, path)
        return GraphQLResolveInfo(
            site.nodes[0].name.value,
            site.nodes,
            site.definition.type,
            site.parent_type,
            path,
            operation.schema,
            operation.fragment_nodes,
            self.root,
            operation.node,
            self.variables,
            self.context,
            is_awaitable,
            None,
            GraphQLResolveInfoHelpers(gather=self._gather, track=self._track),
        )

    def _gather(self, values: Sequence[Awaitable[Any]]) -> Awaitable[list[Any]]:
        return self._executor().gather_async_work(values)

    def _track(self, values: Sequence[Any]) -> None:
        self._executor().track_async_work(values)

    def _executor(self) -> Executor[Any]:
        if self._known_executor is None:
            self._known_executor = self._new_executor()
        return self._known_executor

    def _new_executor(self) -> Executor[Any]:
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
