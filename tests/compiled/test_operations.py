"""What is compiled, what is not, and what is kept."""

from collections.abc import Sequence
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from compiled import operations
from compiled.loading import Loader
from compiled.operations import NOT_MINE, CompiledOperation, Compiler
from tests.compiled.toy import POSTS
from tests.compiled.toy_context import Context
from tests.compiled.toy_schema import schema


def compiled(text: str, compiler: Compiler | None = None) -> CompiledOperation | None:
    document = parse(text)
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    return (compiler or Compiler(schema)).compile(document, node)


async def run(text: str, role: str = "user", **variables: Any) -> tuple[Any, list[tuple[str, list[Any]]]]:
    """The result and what was read."""
    operation, context = compiled(text), Context(role)
    assert operation is not None
    return await operation(None, context, variables), context.loaders.reads


class TooFew(Loader[Any, Any]):
    def __init__(self) -> None:
        super().__init__(self.read)

    async def read(self, keys: list[Any]) -> list[Any]:
        raise AssertionError(f"{keys} are not read")

    async def load_now(self, keys: Sequence[Any]) -> list[int]:
        return [1] * (len(keys) - 1)


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { types { name } } }",
        '{ __type(name: "Query") { name } }',
        "{ everybody { ...F @defer } } fragment F on Person { name }",
        "query @somebodys { now }",
        "mutation { anything }",
    ],
)
def test_what_is_not_understood_is_left_to_graphql_core(text: str) -> None:
    assert compiled(text) is None


def test_an_operation_beyond_the_bound_is_left_to_graphql_core() -> None:
    many = " ".join(f"a{number}: now" for number in range(2_001))
    assert compiled(f"{{ {many} }}") is None


async def test_a_level_is_one_read_for_all_its_parents() -> None:
    data, reads = await run("{ everybody(first: 3) { posts(first: 1) { nodes { author { bestFriend { id } } } } } }")
    assert data is not NOT_MINE
    assert [(name, len(keys)) for name, keys in reads] == [("pages", 3), ("people", 3)]


async def test_siblings_that_use_one_loader_share_a_read() -> None:
    data, reads = await run('{ a: person(id: "p1") { id } b: person(id: "p2") { id } c: person(id: "p1") { name } }')
    assert data == {"a": {"id": "p1"}, "b": {"id": "p2"}, "c": {"name": "人 1"}}
    assert reads == [("people", ["p1", "p2"])]


async def test_a_loader_that_gives_too_few_values_is_not_believed() -> None:
    operation, context = compiled("{ posts { id likes } }"), Context("user")
    context.loaders.likes = TooFew()
    assert operation is not None
    assert await operation(None, context) is NOT_MINE


async def test_no_parents_no_read() -> None:
    data, reads = await run('{ person(id: "p404") { bestFriend { id } } }')
    assert data == {"person": None}
    assert reads == [("people", ["p404"])]


async def test_a_refused_permission_reads_nothing() -> None:
    data, reads = await run('{ secretPerson(id: "p1") { id } }', role="guest")
    assert data is NOT_MINE
    assert reads == []


async def test_events_of_a_subscription_are_compiled_too() -> None:
    operation = compiled("subscription { posted { id author { name } } }")
    assert operation is not None
    data = await operation(POSTS[0], Context("user"))
    assert data == {"posted": {"id": "t0", "author": {"name": "人 1"}}}


async def test_each_combination_of_switches_has_its_plan_up_to_a_bound() -> None:
    names = [f"s{number}" for number in range(6)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    operation = compiled(f"query({declared}) {{ {' '.join(f'{name}: now @skip(if: ${name})' for name in names)} }}")
    assert operation is not None
    results = []
    for number in range(20):
        variables = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        results.append(await operation(None, Context("user"), variables))
    assert results.count(NOT_MINE) == 20 - operations.MAX_VARIANTS
    assert all(len(result) == 6 - bin(number).count("1") for number, result in enumerate(results[:16]))


async def test_old_plans_give_way_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_PLANNED_FIELDS", 5)
    compiler = Compiler(schema)
    kept = [compiled(f"{{ a{number}: now b: now }}", compiler) for number in range(4)]
    assert [len(each._plans) for each in kept if each] == [0, 0, 1, 1]
    assert kept[0] is not None
    assert set(await kept[0](None, Context("user"))) == {"a0", "b"}
    assert [len(each._plans) for each in kept if each] == [1, 0, 0, 1]
