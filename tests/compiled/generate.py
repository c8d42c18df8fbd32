"""Random valid query operations over any schema: aliases, fragments, merged fields, directives, variables, inputs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    validate,
)

from tests.compiled.generate_inputs import Inputs

MAX_DEPTH = 5

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


class Generated(NamedTuple):
    """A valid document, the operation in it, and what different clients send as variables, sometimes wrongly."""

    text: str
    document: DocumentNode
    node: OperationDefinitionNode
    variables: list[dict[str, Any]]


@dataclass
class _Draft:
    inputs: Inputs
    fields_left: int
    fragments: list[str] = field(default_factory=list)


class Generator:
    """Generates from a seed.

    `samples` gives values to choose from, by an argument's place (`Type.field.argument`), by the name of an argument or
    input field, or by its type. `avoided` are fields (`Type.field`) that are never the same twice.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        random: Random,
        samples: Mapping[str, Sequence[Any]],
        avoided: Collection[str] = (),
    ) -> None:
        self._schema = schema
        self._random = random
        self._samples = samples
        self._avoided = avoided

    def operation(self, sets: int = 3) -> Generated:
        """The next one, with this many sets of variables."""
        while True:
            text, inputs = self._text()
            document = parse(text)
            if not validate(self._schema, document):
                node = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
                return Generated(text, document, node, [inputs.variables() for _ in range(sets)])

    def _text(self) -> tuple[str, Inputs]:
        assert self._schema.query_type
        draft = _Draft(Inputs(self._random, self._samples), fields_left=self._random.choice([5, 15, 40]))
        selection = self._selection(draft, self._schema.query_type, 0)
        fragments = "".join(f"\n{each}" for each in draft.fragments)
        return f"query Op{draft.inputs.definitions()} {selection}{fragments}", draft.inputs

    def _selection(self, draft: _Draft, type_: Composite, depth: int) -> str:
        items: list[str] = []
        for _ in range(self._random.choice([1, 2, 3, 3, 4, 6])):
            if draft.fields_left <= 0:
                break
            items += self._items(draft, type_, depth)
        return "{ " + " ".join(items or ["__typename"]) + " }"

    def _items(self, draft: _Draft, type_: Composite, depth: int) -> list[str]:
        match self._random.randrange(12):
            case 0:
                return [f"__typename{self._directive(draft)}"]
            case 1:
                return [self._inline_fragment(draft, type_, depth)]
            case 2 if depth < MAX_DEPTH:
                return [self._spread(draft, type_, depth)]
            case _ if isinstance(type_, GraphQLUnionType):
                return [self._inline_fragment(draft, type_, depth)]
            case _:
                return self._field(draft, type_, depth)

    def _inline_fragment(self, draft: _Draft, type_: Composite, depth: int) -> str:
        draft.fields_left -= 1
        on = self._random.choice([None, *self._overlapping(type_)])
        condition = f" on {on.name}" if on else ""
        return f"...{condition}{self._directive(draft)} {self._selection(draft, on or type_, depth)}"

    def _spread(self, draft: _Draft, type_: Composite, depth: int) -> str:
        draft.fields_left -= 1
        on = self._random.choice(self._overlapping(type_))
        name = f"F{len(draft.fragments)}"
        draft.fragments.append("")
        draft.fragments[int(name[1:])] = f"fragment {name} on {on.name} {self._selection(draft, on, depth + 1)}"
        again = f" ...{name}" if self._random.random() < 0.1 else ""
        return f"...{name}{self._directive(draft)}{again}"

    def _overlapping(self, type_: Composite) -> list[Composite]:
        if isinstance(type_, GraphQLObjectType):
            return [type_, *type_.interfaces]
        return [type_, *self._schema.get_possible_types(type_)]

    def _field(self, draft: _Draft, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> list[str]:
        usable = {
            name: each
            for name, each in type_.fields.items()
            if f"{type_.name}.{name}" not in self._avoided and (depth < MAX_DEPTH or _is_leaf(each))
        }
        if not usable:
            return ["__typename"]
        name, definition = self._random.choice(list(usable.items()))
        draft.fields_left -= 1
        head = self._alias(draft) + name + self._arguments(draft, f"{type_.name}.{name}", definition)
        twice = 2 if self._random.random() < 0.1 else 1
        return [head + self._directive(draft) + self._below(draft, definition, depth) for _ in range(twice)]

    def _below(self, draft: _Draft, definition: GraphQLField, depth: int) -> str:
        named: GraphQLNamedType = get_named_type(definition.type)
        return f" {self._selection(draft, named, depth + 1)}" if isinstance(named, Composite) else ""

    def _alias(self, draft: _Draft) -> str:
        return f"a{draft.fields_left}x{self._random.randrange(9)}: " if self._random.random() < 0.4 else ""

    def _arguments(self, draft: _Draft, place: str, definition: GraphQLField) -> str:
        chosen = {
            name: argument
            for name, argument in definition.args.items()
            if is_required_argument(argument) or self._random.random() < 0.4
        }
        given = [f"{name}: {draft.inputs.value(f'{place}.{name}', each.type, each)}" for name, each in chosen.items()]
        return f"({', '.join(given)})" if given else ""

    def _directive(self, draft: _Draft) -> str:
        if self._random.random() > 0.12:
            return ""
        return f" @{self._random.choice(['skip', 'include'])}(if: {draft.inputs.switch()})"


def _is_leaf(definition: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(definition.type))
