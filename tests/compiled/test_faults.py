"""Values that are not what the schema says, each alone: the compiled path gives up, the result is graphql-core's."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, execute, parse
from strawberry.permission import BasePermission

from compiled.operations import NOT_MINE, Compiler
from tests.compiled import toy_types
from tests.compiled.equality import Compared, Comparison
from tests.compiled.generate import Generated
from tests.compiled.toy_context import Context
from tests.compiled.toy_schema import schema

FAULTS = {
    "a null in a list without nulls": '{ person(id: "p4") { posts { edges { __typename } } } }',
    "an exception as an object": '{ person(id: "p4") { posts { pageInfo { __typename } } } }',
    "an exception as a scalar": '{ person(id: "p3") { settings } }',
    "something to await as a scalar": '{ person(id: "p9") { settings } }',
    "something to await as a boolean": '{ person(id: "p9") { isActive } }',
    "something to await as an object": '{ person(id: "p9") { posts { pageInfo { __typename } } } }',
    "an object of another type": '{ post(id: "t13") { cover { __typename } } }',
    "a value that is no member of the enum": '{ person(id: "p6") { mood } }',
    "a number that is not finite": '{ person(id: "p6") { height } }',
    "an integer beyond 32 bits": '{ person(id: "p5") { age } }',
    "a text in place of a list": '{ person(id: "p9") { nickNames } }',
    "a value that is written as null": '{ post(id: "t16") { blank } }',
    "a value that is no id": '{ post(id: "t16") { cover { id } } }',
    "a null for a name": '{ person(id: "p11") { name } }',
    "a null for a leaf that is loaded": '{ post(id: "t5") { likes } }',
    "a null among loaded objects": '{ person(id: "p7") { friends { id } } }',
    "an error among loaded objects": '{ person(id: "p8") { maybeFriends { id } } }',
    "a whole batch that fails": '{ person(id: "p10") { bestFriend { id } } }',
    "a value of no type of the union": '{ post(id: "t14") { attachments { __typename } } }',
    "a null in place of a list": '{ post(id: "t15") { sureAttachments { __typename } } }',
    "a null in a list of a union": '{ post(id: "t12") { sureAttachments { __typename } } }',
    "an object of no type of the interface": '{ post(id: "t13") { about { id } } }',
    "a computed field that raises": '{ person(id: "p1") { shout(times: 9) } }',
    "a key that raises": '{ person(id: "x") { id } }',
    "an argument that is not valid": 'query Op($n: Int!) { person(id: "p1") { shout(times: $n) } }',
}


async def both_ways(text: str, role: str = "user", **variables: Any) -> Compared:
    """Twice with one compiled operation: what it remembers of the first run must not change the second."""
    document = parse(text)
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    name = node.name.value if node.name else None
    operation = Generated(text, document, node, [variables, variables])
    once, again = await Comparison(schema, lambda: Context(role), name).compare(operation)
    assert once == again
    return once


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # graphql-core leaves siblings unawaited
@pytest.mark.parametrize("fault", FAULTS)
async def test_it_is_left_to_graphql_core(fault: str) -> None:
    compared = await both_ways(FAULTS[fault])
    assert compared.actual == compared.expected
    assert not compared.was_compiled


async def test_variables_nested_too_deeply_are_left_to_graphql_core() -> None:
    value: dict[str, Any] = {"text": ""}
    for _ in range(210):
        value = {"text": "", "also": value}
    compared = await both_ways("query Op($f: Filter!) { search(filter: $f, limit: 0) { id } }", f=value)
    assert compared.has_errors
    assert compared.actual == compared.expected


@pytest.mark.parametrize(
    "text",
    [
        '{ person(id: "p7") { age height isActive } }',
        '{ person(id: "p8") { nickNames } }',
        '{ person(id: "p2") { settings grid nickNames bestFriend { id } } }',
        '{ person(id: "p3") { posts(first: 0) { __typename } } }',
        '{ search(filter: { text: "", ranges: { low: 2 } }) { __typename id ... on Post { text } } }',
        "{ everybody(first: 0) { id friends { id } } }",
    ],
)
async def test_what_is_merely_unusual_stays_compiled(text: str) -> None:
    compared = await both_ways(text)
    assert compared.actual == compared.expected
    assert compared.was_compiled


async def test_permissions_are_asked_with_what_graphql_core_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def has_permission(_self: BasePermission, source: Any, info: Any, **kwargs: Any) -> bool:
        asked.append({"source": source, "field": info.field_name, "path": info.path.as_list(), **kwargs})
        return True

    monkeypatch.setattr(toy_types.IsAdmin, "has_permission", has_permission)
    document = parse(
        '{ person(id: "p1") { a: spokenTo(polite: true) b: pin c: secretPosts(first: 1) { __typename } } }'
    )
    node = document.definitions[0]
    assert isinstance(node, OperationDefinitionNode)
    result: Any = execute(schema._schema, document, context_value=Context("admin"))
    assert (await result).errors is None
    expected, asked = sorted(asked, key=repr), []
    compiled = Compiler(schema).compile(document, node)
    assert compiled is not None
    assert await compiled(None, Context("admin")) is not NOT_MINE
    assert sorted(asked, key=repr) == expected
    assert len(expected) == 3
