"""From the selections of an operation to levels, columns and rows; fields are collected by graphql-core's own rules."""

from collections import defaultdict

from graphql import (
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution import default_type_resolver
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from graphql.pyutils import Path

from compiled.choice import source_of
from compiled.leaves import Leaf, leaf
from compiled.levels import Check, Column, Level, Shape
from compiled.rows import Attribute, Call, Cell, Constant, Filled, read_by, row_builder
from compiled.run import NotCompiled, Operation, Site, UnknownPath
from compiled.shapes import Abstracts, Leaves, Lists, Objects
from compiled.sources import FromAttribute, FromCall, Use, note_use

MAX_FIELDS = 2_000
_INTROSPECTION = ("__schema", "__type")

AnyPath = Path | UnknownPath


class Planner:
    """Plans one operation for one set of values of the variables that decide about `@skip` and `@include`."""

    def __init__(self, operation: Operation, variables: VariableValues) -> None:
        self._operation = operation
        self._variables = variables
        self.fields = 0
        self._uses: defaultdict[str, Use] = defaultdict(Use)

    def root(self) -> Level:
        """The level of the root fields; raises NotCompiled for what is better left to graphql-core."""
        operation = self._operation
        type_ = operation.schema.get_root_type(operation.node.operation)
        if type_ is None:
            raise NotCompiled(f"no type for a {operation.node.operation.value}")
        collected = collect_fields(operation.schema, operation.fragments, self._variables, type_, operation.node)
        return self._level(type_, collected.grouped_field_set, None, None)

    def _level(
        self, type_: GraphQLObjectType, fields: GroupedFieldSet, path: AnyPath | None, check: Check | None
    ) -> Level:
        columns: list[Column] = []
        cells = [
            self._cell(self._site(type_, key, details, path), key, details, columns) for key, details in fields.items()
        ]
        return Level(columns, row_builder(cells), check, read_by(cells))

    def _site(self, type_: GraphQLObjectType, key: str, details: FieldDetailsList, path: AnyPath | None) -> Site:
        self.fields += 1
        name = details[0].node.name.value
        definition = self._operation.schema.get_field(type_, name)
        if definition is None or self.fields > MAX_FIELDS or name in _INTROSPECTION:
            raise NotCompiled(f"field {name}")
        here = path if isinstance(path, UnknownPath) else Path(path, key, type_.name)
        return Site(definition, [each.node for each in details], type_, here)

    def _cell(self, site: Site, key: str, details: FieldDetailsList, columns: list[Column]) -> Cell:
        if details[0].node.name.value == "__typename":
            return Constant(key, site.parent_type.name)
        source = source_of(site, self._operation.strawberry, self._uses)
        type_ = site.definition.type
        bare = type_.of_type if is_non_null_type(type_) else type_
        if is_leaf_type(bare) and isinstance(source, FromAttribute):
            return Attribute(key, source.name, self._leaf(bare, bare is type_))
        if is_leaf_type(bare) and isinstance(source, FromCall) and source.takes_parent_only:
            return Call(key, source.computed, self._leaf(bare, bare is type_))
        shape = self._shape(type_, site, details, site.path)
        note_use(source, shape.needs)
        columns.append(Column(source, shape))
        return Filled(key, len(columns) - 1)

    def _leaf(self, type_: GraphQLLeafType, nullable: bool) -> Leaf:
        return leaf(type_, nullable, self._operation.encoded.get(type_.name))

    def _shape(self, type_: GraphQLOutputType, site: Site, details: FieldDetailsList, path: AnyPath) -> Shape:
        bare = type_.of_type if is_non_null_type(type_) else type_
        nullable = bare is type_
        if is_leaf_type(bare):
            return Leaves(leaf(bare, nullable).complete)
        if is_list_type(bare):
            return Lists(self._shape(bare.of_type, site, details, UnknownPath()), nullable)
        if is_object_type(bare):
            return Objects(self._object(bare, site, details, path), nullable)
        if not is_abstract_type(bare):
            raise NotCompiled(f"type {bare}")
        possible = self._operation.schema.get_possible_types(bare)
        levels = {each.name: self._object(each, site, details, path) for each in possible}
        return Abstracts(bare, bare.resolve_type or default_type_resolver, levels, site, nullable)

    def _object(self, type_: GraphQLObjectType, site: Site, details: FieldDetailsList, path: AnyPath) -> Level:
        operation = self._operation
        collected = collect_subfields(
            operation.schema, operation.fragments, self._variables, operation.node, type_, details
        )
        return self._level(type_, collected.grouped_field_set, path, Check(type_, site))
