"""What a document may ask for, found in one walk that visits every fragment once, however often it is spread."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)

from transport.ports import Refused

INTROSPECTION = frozenset({"__schema", "__type"})
PAGE_ARGUMENTS = ("first", "last")
LARGEST_PAGE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits on one document. `fields`, `aliases`, `directives` count a fragment as often as it is spread.

    `repeats` is how often one selection set may name what it has named before: validation compares each with each.
    `page` is the number of rows assumed where a paged field names no size.
    """

    characters: int = 65_536
    tokens: int = 4_000
    definitions: int = 50
    repeats: int = 50
    fields: int = 1_000
    aliases: int = 100
    directives: int = 100
    depth: int = 15
    cost: int = 15_000
    page: int = 20


class Measure(NamedTuple):
    """What one operation asks for. `cost` is the number of fields, each multiplied by the page sizes above it; of what
    is asked for one type of object or another, the dearest alone."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    cost: int = 0
    introspects: bool = False

    def beside(self, other: "Measure") -> "Measure":
        return Measure(
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.depth, other.depth),
            self.cost + other.cost,
            self.introspects or other.introspects,
        )


NOTHING = Measure()


class Walk:
    """One walk over a document that need not be valid. `page_variables` holds the variables found to be page sizes."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, limits: Limits, variables: Mapping[str, object]
    ) -> None:
        self.page_variables: set[str] = set()
        self._schema = schema
        self._limits = limits
        self._variables = variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._known: dict[str, Measure] = {}

    def operation(self, node: OperationDefinitionNode) -> Measure:
        """Measure one operation; raises Refused when it nests too deeply to be walked."""
        root = self._schema.get_root_type(node.operation)
        self._variables = {**defaults(node), **self._variables}
        try:
            inner = self._selections(node.selection_set, root)
        except RecursionError:
            inner = None
        if inner is None:  # outside of the handler, so that no frame of the recursion stays alive
            raise too_complex("depth", None, self._limits.depth)
        return inner._replace(directives=inner.directives + len(node.directives or ()))

    def _selections(self, node: SelectionSetNode | None, parent: GraphQLNamedType | None) -> Measure:
        total = NOTHING
        apart: Counter[str] = Counter()
        for selection in node.selections if node else ():
            measure = self._selection(selection, parent)
            total = total.beside(measure)
            apart[self._only(selection)] += measure.cost
        common = apart.pop("", 0)
        return total._replace(cost=common + max(apart.values(), default=0))

    def _only(self, node: SelectionNode) -> str:
        """The type of object that alone is asked for it; empty where it may be any."""
        asked = self._fragments.get(node.name.value) if isinstance(node, FragmentSpreadNode) else node
        condition = getattr(asked, "type_condition", None)
        name = condition.name.value if condition else ""
        return name if isinstance(self._schema.get_type(name), GraphQLObjectType) else ""

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None) -> Measure:
        if isinstance(node, FieldNode):
            inner = self._field(node, parent)
        elif isinstance(node, InlineFragmentNode):
            inner = self._inline(node, parent)
        elif isinstance(node, FragmentSpreadNode):
            inner = self._spread(node)
        else:
            return NOTHING
        return inner._replace(directives=inner.directives + len(node.directives)) if node.directives else inner

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Measure:
        field = field_of(parent, node.name.value)
        inner = self._selections(node.selection_set, get_named_type(field.type) if field else None)
        aliases = inner.aliases + (node.alias is not None)
        if node.name.value in INTROSPECTION:
            return Measure(inner.fields + 1, aliases, inner.directives, 1, 1, introspects=True)
        cost = 1 + (inner.cost * self._page(node, field) if field else inner.cost)
        return Measure(inner.fields + 1, aliases, inner.directives, inner.depth + 1, cost, inner.introspects)

    def _inline(self, node: InlineFragmentNode, parent: GraphQLNamedType | None) -> Measure:
        if node.type_condition:
            parent = self._schema.get_type(node.type_condition.name.value)
        return self._selections(node.selection_set, parent)

    def _spread(self, node: FragmentSpreadNode) -> Measure:
        name = node.name.value
        if name not in self._known and name in self._fragments:
            self._known[name] = NOTHING  # a cycle adds nothing here: validation reports it
            fragment = self._fragments[name]
            self._known[name] = self._selections(
                fragment.selection_set, self._schema.get_type(fragment.type_condition.name.value)
            )
        return self._known.get(name, NOTHING)

    def _page(self, node: FieldNode, field: GraphQLField) -> int:
        paged = [name for name in PAGE_ARGUMENTS if name in field.args]
        if not paged:
            return 1
        given = [self._size(argument.value) for argument in node.arguments or () if argument.name.value in paged]
        sizes = known(given) or known(default_size(field.args[name]) for name in paged) or [self._limits.page]
        return min(max(sizes), LARGEST_PAGE)

    def _size(self, value: ValueNode) -> int | None:
        if isinstance(value, VariableNode):
            self.page_variables.add(value.name.value)
            return as_size(self._variables.get(value.name.value))
        if isinstance(value, IntValueNode):
            return as_size(int(value.value[:8]))
        return None


def defaults(node: OperationDefinitionNode) -> dict[str, object]:
    """The default values that can be page sizes, by variable."""
    return {
        definition.variable.name.value: int(definition.default_value.value[:8])
        for definition in node.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }


def field_of(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        field: GraphQLField | None = parent.fields.get(name)
        return field
    return None


def known(sizes: Iterable[int | None]) -> list[int]:
    return [size for size in sizes if size is not None]


def as_size(value: object) -> int | None:
    return max(value, 1) if isinstance(value, int) else None


def default_size(argument: GraphQLArgument) -> int | None:
    return as_size(argument.default.value if argument.default else argument.default_value)


def repeats_in(document: DocumentNode) -> int:
    """The largest number of repeated response names in one selection set, its inline fragments included."""
    most = 0
    pending = [node.selection_set for node in document.definitions if isinstance(node, ExecutableDefinitionNode)]
    while pending:
        fields = fields_of(pending.pop())
        most = max(most, len(fields) - len({(field.alias or field.name).value for field in fields}))
        pending += [field.selection_set for field in fields if field.selection_set]
    return most


def fields_of(selection_set: SelectionSetNode) -> list[FieldNode]:
    fields: list[FieldNode] = []
    pending = list(selection_set.selections)
    while pending:
        node = pending.pop()
        if isinstance(node, FieldNode):
            fields.append(node)
        elif isinstance(node, InlineFragmentNode):
            pending += node.selection_set.selections
    return fields


def check(measure: Measure, limits: Limits) -> None:
    """Raises Refused (QUERY_TOO_COMPLEX) naming the first limit that is passed."""
    for name in ("fields", "aliases", "directives", "depth"):
        if getattr(measure, name) > getattr(limits, name):
            raise too_complex(name, getattr(measure, name), getattr(limits, name))
    check_cost(measure.cost, limits)


def check_cost(cost: int, limits: Limits) -> None:
    if cost > limits.cost:
        raise too_complex("cost", cost, limits.cost)


def too_complex(name: str, found: int | None, allowed: int) -> Refused:
    """`found` None: more than can be counted."""
    seen = "" if found is None or found > LARGEST_PAGE**2 else f" ({found})"
    return Refused(
        "QUERY_TOO_COMPLEX",
        f"查询过于复杂：{name}{seen} 超过上限 {allowed}",
        f"The operation is too complex: {name}{seen} passes the limit of {allowed}.",
    )
