"""Compiled operations: query operations of a strawberry schema as functions that give graphql-core's own results.

`Compiler(schema).compile(document, operation)` gives None or something to call: `await it(root, context, variables)` is
the `data` of a result without errors, or NOT_MINE. Then the caller executes the operation with graphql-core, which also
makes the specified errors: so a query may run twice, best each time with fresh loaders.

Expected of the caller: the document is valid, resolvers are not wrapped by middleware, and `context.loaders` holds the
loaders that batched fields name.
"""

import logging
from collections import deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from strawberry import Schema

from compiled.levels import Level
from compiled.planner import Planner
from compiled.run import Encoded, NotCompiled, Operation, Run
from compiled.sources import arrived
from compiled.variables import Variables

NOT_MINE: Final = object()
MAX_VARIANTS = 16
MAX_PLANNED_FIELDS = 10_000

_log = logging.getLogger(__name__)


Variant = tuple[Any, ...]


class Plans:
    """What all compiled operations keep, bounded by fields (about 2 kB each): the oldest plans give way to new ones."""

    def __init__(self) -> None:
        self._kept: deque[tuple[dict[Variant, Level | None], Variant, int]] = deque()
        self._fields = 0

    def keep(self, plans: dict[Variant, Level | None], variant: Variant, fields: int) -> None:
        """Count in what `plans` has for the variant; it is taken out again when there is no room any more."""
        self._kept.append((plans, variant, fields))
        self._fields += fields
        while self._fields > MAX_PLANNED_FIELDS and len(self._kept) > 1:
            oldest, key, released = self._kept.popleft()
            oldest.pop(key, None)
            self._fields -= released


class CompiledOperation:
    """One operation, with a plan for each combination of the variables that its `@skip` and `@include` look at."""

    def __init__(self, operation: Operation, switches: Sequence[str], all_plans: Plans, not_mine: Any) -> None:
        self._operation = operation
        self._switches = switches
        self._all_plans = all_plans
        self._not_mine = not_mine
        self._variables = Variables(operation.schema, operation.node)
        self._plans: dict[Variant, Level | None] = {}

    async def __call__(self, root: Any, context: Any, variables: Mapping[str, Any] | None = None) -> Any:
        """The `data` of the result, or NOT_MINE where it would not be one without errors."""
        try:
            run = Run(self._operation, context, root, self._variables.coerce(variables or {}))
            return await self._data(run)
        except Exception:
            return self._not_mine

    async def _data(self, run: Run) -> Any:
        plan = self.plan(run.variables)
        if plan is None:
            return self._not_mine
        try:
            return (await arrived(plan.rows(run, [run.root])))[0]
        finally:
            run.forget()

    def plan(self, variables: VariableValues) -> Level | None:
        """The plan for these variables, None where they are left to graphql-core."""
        variant = tuple(variables.coerced.get(name) for name in self._switches)
        if variant not in self._plans and len(self._plans) < MAX_VARIANTS:
            planner = Planner(self._operation, variables)
            self._plans[variant] = _planned(planner)
            self._all_plans.keep(self._plans, variant, planner.fields)
        return self._plans.get(variant)


def _planned(planner: Planner) -> Level | None:
    try:
        return planner.root()
    except Exception as reason:
        _report(reason)
        return None


class Compiler:
    """Compiles operations of one schema. `executor_class` is the one that the caller gives to graphql-core; `encoded`:
    scalars by name whose usual values the caller encodes as the scalar would."""

    def __init__(
        self,
        schema: Schema,
        executor_class: type[Executor[Any]] = Executor,
        not_mine: object = NOT_MINE,
        encoded: Mapping[str, Encoded] = MappingProxyType({}),
    ) -> None:
        self._strawberry = schema
        self._schema = schema._schema
        self._executor_class = executor_class
        self._not_mine = not_mine
        self._encoded = encoded
        self._plans = Plans()

    def compile(self, document: DocumentNode, node: OperationDefinitionNode) -> CompiledOperation | None:
        """The operation as a function; None when it has side effects or is not understood."""
        try:
            return self._compile(document, node)
        except Exception as reason:
            _report(reason)
            return None

    def _compile(self, document: DocumentNode, node: OperationDefinitionNode) -> CompiledOperation | None:
        switches = _Switches()
        visit(document, switches)
        if node.operation is OperationType.MUTATION or switches.has_others:
            return None
        operation = self._operation(document, node)
        compiled = CompiledOperation(operation, tuple(switches.names), self._plans, self._not_mine)
        is_planned = switches.names or compiled.plan(VariableValues({}, {})) is not None
        return compiled if is_planned else None

    def _operation(self, document: DocumentNode, node: OperationDefinitionNode) -> Operation:
        found = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
        nodes = {each.name.value: each for each in found}
        fragments = {name: FragmentDetails(each) for name, each in nodes.items()}
        return Operation(self._strawberry, self._schema, node, fragments, nodes, self._executor_class, self._encoded)


def _report(reason: Exception) -> None:
    """What is not compiled still runs on graphql-core: worth a word only when nobody foresaw it."""
    if not isinstance(reason, NotCompiled | GraphQLError):
        _log.warning("an operation could not be compiled", exc_info=reason)


class _Switches(Visitor):
    """Finds the variables under `@skip` and `@include`, and whether there are other directives."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}
        self.has_others = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.has_others |= node.name.value not in ("skip", "include")
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names[argument.value.name.value] = None

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        self.has_others |= bool(node.variable_definitions)
