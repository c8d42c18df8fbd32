"""The same operation on graphql-core alone, and compiled with graphql-core behind it, as the bytes that are sent."""

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
from graphql import ExecutionResult, execute
from graphql.pyutils import is_awaitable
from strawberry import Schema

from compiled.operations import NOT_MINE, CompiledOperation, Compiler
from schema.scalars import ENCODED
from tests.compiled.generate import Generated
from transport.encoding import OPTIONS


class Compared(NamedTuple):
    """`was_compiled`: the result came from the compiled operation."""

    expected: bytes
    actual: bytes
    was_compiled: bool
    has_errors: bool


class Comparison:
    """`new_context` makes the context for one execution, `name` is that of the operation; do reads take time?"""

    def __init__(
        self, schema: Schema, new_context: Callable[[], Any], name: str | None = "Op", *, times_vary: bool = False
    ) -> None:
        self._name = name
        self._times_vary = times_vary
        self._schema = schema
        self._compiler = Compiler(schema, encoded=ENCODED)
        self._new_context = new_context

    async def compare(self, operation: Generated) -> list[Compared]:
        """Run it both ways with each set of its variables, one compiled operation for all."""
        compiled = self._compiler.compile(operation.document, operation.node)
        return [await self._compare(operation, compiled, variables) for variables in operation.variables]

    async def _compare(
        self, operation: Generated, compiled: CompiledOperation | None, variables: dict[str, Any]
    ) -> Compared:
        expected = await self._executed(operation, variables)
        data: Any = NOT_MINE if compiled is None else await compiled(None, self._new_context(), variables)
        actual = await self._executed(operation, variables) if data is NOT_MINE else ExecutionResult(data, None)
        written = [_bytes(each, times_vary=self._times_vary) for each in (expected, actual)]
        return Compared(written[0], written[1], data is not NOT_MINE, bool(expected.errors))

    async def _executed(self, operation: Generated, variables: dict[str, Any]) -> ExecutionResult:
        result: Any = execute(
            self._schema._schema,
            operation.document,
            context_value=self._new_context(),
            variable_values=variables,
            operation_name=self._name,
        )
        answer = await result if is_awaitable(result) else result
        assert isinstance(answer, ExecutionResult)
        return answer


def _bytes(result: ExecutionResult, *, times_vary: bool) -> bytes:
    # GraphQL leaves the order of errors open, and which of several are told once one has made all around it null:
    # with reads that take time, both differ between two runs of graphql-core itself.
    errors = sorted((error.formatted for error in result.errors or ()), key=repr)
    told = bool(errors) if times_vary else errors
    return orjson.dumps({"data": result.data, "errors": told}, default=repr, option=OPTIONS)
