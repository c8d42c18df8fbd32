"""Compiled operations give what graphql-core gives, byte for byte: random operations on a schema with everything."""

import asyncio
import gc
import warnings
from collections import Counter
from functools import cache
from random import Random
from typing import Any

import pytest
from graphql.execution.values import VariableValues

from compiled import arguments, choice, leaves, operations, run, shapes, sources, variables
from compiled.leaves import completion
from compiled.levels import Level
from compiled.operations import CompiledOperation, Compiler
from compiled.planner import Planner
from tests.compiled.equality import Comparison
from tests.compiled.generate import Generated, Generator
from tests.compiled.toy_context import Context
from tests.compiled.toy_schema import schema

pytestmark = pytest.mark.slow

OPERATIONS = 500
ROLES = ["admin", "admin", "user", "guest"]
GOOD = ["p1", "p2", "p3"]
SAMPLES: dict[str, list[Any]] = {
    "Query.post.id": [f"t{number}" for number in range(18)],
    "id": [*GOOD, *GOOD, *(f"p{number}" for number in range(4, 12)), "nope"],
    "first": [0, 1, 1, 2, 2, 3, 3, 20, -1],
}

# graphql-core leaves coroutines of failed siblings behind; that the compiled path does not, is a test of its own.
core_leaves_coroutines = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@cache
def operations_of(seed: int, count: int) -> list[tuple[Generated, str]]:
    random = Random(seed)
    generator = Generator(schema._schema, random, SAMPLES)
    return [(generator.operation(), random.choice(ROLES)) for _ in range(count)]


def comparison(role: str) -> Comparison:
    return Comparison(schema, lambda: Context(role))


def reads_a_path(operation: Generated) -> bool:
    return "where" in operation.text


@core_leaves_coroutines
@pytest.mark.parametrize("seed", range(2))
async def test_every_result_has_the_same_bytes(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    seen: Counter[str] = Counter()
    for operation, role in operations_of(seed, OPERATIONS // 2):
        for compared in await comparison(role).compare(operation):
            assert compared.actual == compared.expected, (operation.text, operation.variables)
            missed = not (compared.was_compiled or compared.has_errors or reads_a_path(operation))
            seen.update(all=1, compiled=compared.was_compiled, errors=compared.has_errors, missed=missed)
    with capsys.disabled():
        print("\n ", dict(seen))  # noqa: T201
    assert seen["compiled"] > 0.4 * seen["all"]
    assert seen["errors"] > 0.2 * seen["all"]
    assert seen["missed"] < 0.01 * seen["all"]  # a null under @skip or @include where it is never reached


async def forget_what_was() -> None:
    """Let graphql-core's abandoned siblings of other tests come to their end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(5):
            await asyncio.sleep(0)
            gc.collect()


async def test_nothing_is_left_unawaited_by_the_compiled_path() -> None:
    await forget_what_was()
    compiler = Compiler(schema)
    for operation, role in operations_of(seed=0, count=OPERATIONS // 2):
        compiled = compiler.compile(operation.document, operation.node)
        if compiled is not None:
            await compiled(None, Context(role), operation.variables[0])
    gc.collect()


async def spread_badly(keys: list[Any], loaded: Any) -> list[Any]:
    values = await loaded
    return [*values, *([None] * (len(keys) - len(values)))]


def plan_once(self: CompiledOperation, values: VariableValues) -> Level | None:
    if () not in self._plans:
        self._plans[()] = Planner(self._operation, values).root()
    return self._plans[()]


def read_loosely(self: Any, coerced: dict[str, Any]) -> Any:
    value = coerced.get(self.variable)
    return self.value if value is None else value


BREAKS: dict[str, tuple[Any, str, Any]] = {
    "nulls pass for leaves": (leaves, "completion", lambda type_, _nullable, known: completion(type_, True, known)),
    "exceptions pass as values": (leaves, "look_at", lambda _kind: None),
    "permissions are not asked": (choice, "Guarded", lambda source, *_: source),
    "nulls come after the objects": (shapes, "_laid_out", lambda values, rows: [*rows, *values[len(rows) :]]),
    "values without a key come last": (sources, "_spread", spread_badly),
    "switches are taken for constants": (operations.CompiledOperation, "plan", plan_once),
    "null is taken for an absent argument": (arguments._Plain, "read", read_loosely),
    "numbers are not looked at": (leaves, "_UNUSUAL", dict.fromkeys(leaves._UNUSUAL, "False")),
    "moments of any zone are left to the encoder": (leaves, "_not_encoded", lambda _encoded: "False"),
    "paths below lists are taken for known": (run.UnknownPath, "__getattr__", lambda _self, _name: list),
    "variables may have any value": (variables, "coerce_input_value", lambda value, _type: value),
}


@core_leaves_coroutines
@pytest.mark.parametrize("rule", BREAKS)
async def test_a_broken_rule_is_noticed(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, broken = BREAKS[rule]
    monkeypatch.setattr(owner, name, broken)
    for operation, role in operations_of(seed=0, count=OPERATIONS // 2):
        if any(each.actual != each.expected for each in await comparison(role).compare(operation)):
            return
    pytest.fail("no operation told the difference")
