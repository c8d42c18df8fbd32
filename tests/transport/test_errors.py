"""The words of an error that graphql-core found …"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSyntaxError, build_schema, parse, validate
from graphql.execution import Executor
from graphql.language.block_string import is_printable_as_block_string
from hypothesis import given
from hypothesis import strategies as st

from transport.errors import detail

SCHEMA = build_schema("""
  enum Kind { GOOD BAD }
  input Note { text: String! kind: Kind count: Int loud: Boolean weight: Float id: ID more: [Note!] }
  type Query { write(note: Note!, text: String, count: Int): String }
""")
WRITE = "query Write($note: Note!, $count: Int) { write(note: $note, count: $count) }"
SECRETS = st.text(st.sampled_from("秘密ab '\"\\{}[]:,.\n的"), min_size=4).map(lambda secret: f"〔{secret}〕")
BY_VARIABLE: dict[str, Callable[[str], dict[str, Any]]] = {
    "text": lambda secret: {"note": secret},
    "list": lambda secret: {"note": {"text": [secret]}},
    "object": lambda secret: {"note": {"text": {"a": secret}}},
    "enum": lambda secret: {"note": {"text": "x", "kind": secret}},
    "number": lambda secret: {"note": {"text": "x", "count": secret}},
    "boolean": lambda secret: {"note": {"text": "x", "loud": secret}},
    "float": lambda secret: {"note": {"text": "x", "weight": secret}},
    "id": lambda secret: {"note": {"text": "x", "id": {"a": secret}}},
    "missing": lambda secret: {"note": {"more": [{"text": secret}], "kind": "GOOD"}},
    "deep": lambda secret: {"note": {"text": "x", "more": [{"text": "y"}, {"count": 1, "kind": secret, "id": secret}]}},
    "unknown": lambda secret: {"note": {"text": secret, "nothing": secret}},
    "top": lambda secret: {"note": {"text": "x"}, "count": secret},
}
BY_LITERAL = {
    "text": "{ write(note: %s) }",
    "list": "{ write(note: { text: [%s] }) }",
    "enum": '{ write(note: { text: "x", kind: %s }) }',
    "number": "{ write(count: %s) }",
    "missing": "{ write(note: { more: [{ text: %s }] }) }",
    "default": "query Write($count: Int = %s) { write(count: $count) }",
    "directive": "{ write @skip(if: %s) }",
    "misplaced": "{ write %s }",
    "unfinished": "{ write(note: %s",
}


@pytest.mark.parametrize("shape", BY_VARIABLE)
@given(secret=SECRETS)
def test_do_not_quote_variables(shape: str, secret: str) -> None:
    built = Executor.build(SCHEMA, parse(WRITE), None, None, BY_VARIABLE[shape](secret), None)
    assert isinstance(built, list)
    assert [detail(error) for error in built if secret in detail(error) or "〔" in detail(error)] == []


@pytest.mark.parametrize("shape", BY_LITERAL)
@given(secret=SECRETS, block=st.booleans())
def test_do_not_quote_literals(shape: str, secret: str, block: bool) -> None:
    as_block = block and is_printable_as_block_string(secret) and '"""' not in secret and not secret.endswith("\\")
    literal = f'"""{secret}"""' if as_block else json.dumps(secret, ensure_ascii=False)
    errors = errors_of(BY_LITERAL[shape] % literal)
    assert errors
    assert [detail(error) for error in errors if "〔" in detail(error)] == []


def errors_of(document: str) -> list[GraphQLError]:
    try:
        return validate(SCHEMA, parse(document))
    except GraphQLSyntaxError as error:
        return [error]


def test_say_what_is_wrong_and_where() -> None:
    built = Executor.build(SCHEMA, parse(WRITE), None, None, BY_VARIABLE["deep"]("秘密"), None)
    assert isinstance(built, list)
    assert [detail(error) for error in built] == [
        "Variable '$note' has invalid value at .more[1]: "
        "Expected value of type 'Note' to include required field 'text'.",
        "Variable '$note' has invalid value at .more[1].kind: The value does not exist in 'Kind' enum.",
    ]
