"""Documents: parsed, measured and validated once, then kept in a bounded cache."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    Visitor,
    parse,
    validate,
    visit,
)

from transport.budget import Budget
from transport.limits import Limits, Walk, as_size, check, check_cost, repeats_in, too_complex
from transport.ports import Context, Kind, Ports, Refused, Runner
from transport.requests import Request

CACHED_DOCUMENTS = 1_000
CACHED_CHARACTERS = 200_000  # a parsed document takes about 100 bytes a character
CACHED_COSTS = 100
MAX_ERRORS = 10


class Rejected(Exception):
    """Errors that graphql-core found before execution, all with one code."""

    def __init__(self, code: str, errors: list[GraphQLError]) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors


class Plan:
    """One operation of a valid document. `runner`, once `built`, is its compiled read path or None."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, digest: str, node: OperationDefinitionNode, limits: Limits
    ) -> None:
        walk = Walk(schema, document, limits, {})
        self.document = document
        self.digest = digest
        self.node = node
        self.name = node.name.value if node.name else None
        self.kind: Kind = node.operation.value
        self.measure = walk.operation(node)
        self.built = False
        self.runner: Runner | None = None
        self.shareable = self.kind == "subscription" and not has_inner_variables(document, node)
        self._schema = schema
        self._limits = limits
        self._page_variables = sorted(walk.page_variables)
        self._costs: dict[tuple[int | None, ...], int] = {}

    def cost(self, variables: Mapping[str, object]) -> int:
        """The cost with these variables as page sizes; raises Refused when it is too high."""
        if not self._page_variables:
            return self.measure.cost
        sizes = tuple(as_size(variables[name]) if name in variables else 0 for name in self._page_variables)
        cost = self._costs.get(sizes)
        if cost is None:
            cost = Walk(self._schema, self.document, self._limits, variables).operation(self.node).cost
            check_cost(cost, self._limits)
            if len(self._costs) < CACHED_COSTS:
                self._costs[sizes] = cost
        return cost


def has_inner_variables(document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Whether anything beneath the root fields uses a variable."""
    roots = [node.selection_set for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    finder = VariableFinder()
    for node in (*roots, *fragments):
        if node:
            visit(node, finder)
    return finder.found or len(roots) < len(operation.selection_set.selections)


class VariableFinder(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_variable(self, *_: object) -> None:
        self.found = True


class Documents:
    """The way from a request to a plan. The cache is bounded by entries and by characters."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, ports: Ports, budget: Budget) -> None:
        self._schema = schema
        self._limits = limits
        self._ports = ports
        self._cache: OrderedDict[str, dict[str | None, Plan]] = OrderedDict()
        self._characters = 0
        self._budget = budget

    def plan(self, request: Request, context: Context) -> Plan:
        """The operation to run; raises Refused or Rejected."""
        trusted = context.introspection
        text = self._text(request, trusted)
        plan = self._known(text, request.operation_name)
        if plan is None:
            with self._paid(text, context):
                plan = self._new(text, request.operation_name, trusted)
        if plan.measure.introspects and not trusted:
            raise Rejected("GRAPHQL_VALIDATION_FAILED", [GraphQLError("Introspection is not open here.")])
        return plan

    def _known(self, text: str, name: str | None) -> Plan | None:
        """The operation if nothing is left to do for it."""
        plans = self._cache.get(text)
        if plans is None:
            return None
        self._cache.move_to_end(text)
        plan = select(plans, name)
        return plan if plan.built else None

    def _new(self, text: str, name: str | None, trusted: bool) -> Plan:
        plans = self._cache.get(text)
        if plans is None:
            plans = self._read(text, trusted)
            self._keep(text, plans)
        plan = select(plans, name)
        self._build(plan)
        return plan

    def _paid(self, text: str, context: Context) -> AbstractContextManager[None]:
        """Work on a new document, on somebody's account unless the application itself knows the text."""
        if context.introspection or digest_of(text) in self._ports.documents:
            return nullcontext()
        return self._budget.spending(context.payer)

    def _build(self, plan: Plan) -> None:
        plan.built = True
        if plan.kind != "mutation" and not plan.measure.introspects:
            plan.runner = self._ports.build(plan)

    def _text(self, request: Request, trusted: bool) -> str:
        if request.query is None:
            return self._listed(request.document_id or "")
        if not self._ports.open_documents and not trusted:
            return self._listed(digest_of(request.query))
        return request.query

    def _listed(self, digest: str) -> str:
        text = self._ports.documents.get(digest)
        if text is None:
            raise Refused("BAD_REQUEST", "未知的文档", "The document is not known here.")
        return text

    def _read(self, text: str, trusted: bool) -> dict[str | None, Plan]:
        document = self._parse(text)
        digest = digest_of(text)
        plans = [
            Plan(self._schema, document, digest, node, self._limits)
            for node in document.definitions
            if isinstance(node, OperationDefinitionNode)
        ]
        for plan in plans:
            check(plan.measure, self._limits)
        errors = validate(self._schema, document, max_errors=MAX_ERRORS, hide_suggestions=not trusted)
        if errors:
            raise Rejected("GRAPHQL_VALIDATION_FAILED", errors)
        return {plan.name: plan for plan in plans}

    def _parse(self, text: str) -> DocumentNode:
        limits = self._limits
        if len(text) > limits.characters:
            raise too_complex("characters", len(text), limits.characters)
        try:
            document = parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
        except GraphQLError as error:
            if error.message.endswith("Parsing aborted."):
                raise too_complex("tokens", None, limits.tokens) from None
            raise Rejected("GRAPHQL_PARSE_FAILED", [error]) from None
        if len(document.definitions) > limits.definitions:
            raise too_complex("definitions", len(document.definitions), limits.definitions)
        repeats = repeats_in(document)
        if repeats > limits.repeats:
            raise too_complex("repeats", repeats, limits.repeats)
        return document

    def _keep(self, text: str, plans: dict[str | None, Plan]) -> None:
        self._cache[text] = plans
        self._characters += len(text)
        while len(self._cache) > CACHED_DOCUMENTS or self._characters > CACHED_CHARACTERS:
            oldest, _ = self._cache.popitem(last=False)
            self._characters -= len(oldest)


def select(plans: Mapping[str | None, Plan], name: str | None) -> Plan:
    """The operation by its name, or the only one; raises Refused."""
    if name is None and len(plans) == 1:
        return next(iter(plans.values()))
    if name is None:
        raise Refused("BAD_REQUEST", "有多个操作，请给出 operationName", "There are several operations: name one.")
    if name not in plans:
        raise Refused("BAD_REQUEST", "没有这个名字的操作", "There is no operation of that name.")
    return plans[name]


def digest_of(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """The names of the operations in valid documents."""
    definitions = (node for text in texts for node in parse(text).definitions)
    operations = (node for node in definitions if isinstance(node, OperationDefinitionNode))
    return frozenset(node.name.value for node in operations if node.name is not None)
