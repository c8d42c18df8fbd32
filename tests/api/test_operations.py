"""The operations that clients are made of …"""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    build_schema,
    concat_ast,
    parse,
    print_ast,
    validate,
)
from graphql.execution.values import get_variable_values

from resolvers import events
from schema.__main__ import SNAPSHOT
from tests.api.client import Json, People, Person
from transport.limits import Limits, Walk, check

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "miniprogram"
SCHEMA = build_schema(SNAPSHOT.read_text(encoding="utf-8"))
DOCUMENTS: dict[str, str] = json.loads((CLIENT / "documents.json").read_text(encoding="utf-8"))
EXAMPLES = sorted((ROOT / "graphiql" / "examples").rglob("*.graphql"))


def operation_of(document: DocumentNode) -> OperationDefinitionNode:
    (operation,) = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return operation


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def kind_of(path: Path) -> str:
    return operation_of(parse(text_of(path))).operation.value


def variables_of(path: Path) -> Json:
    beside = path.with_suffix(".json")
    variables: Json = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    return variables


def name_of(text: str) -> str:
    name = operation_of(parse(text)).name
    assert name is not None
    return name.value


def sources() -> dict[str, str]:
    """Each operation as its author wrote it, with the fragments of all files."""
    everything = concat_ast([parse(text_of(path)) for path in (CLIENT / "operations").glob("*.graphql")])
    fragments = [node for node in everything.definitions if isinstance(node, FragmentDefinitionNode)]
    operations = [node for node in everything.definitions if isinstance(node, OperationDefinitionNode)]
    return {
        node.name.value: print_ast(DocumentNode(definitions=(node, *fragments))) for node in operations if node.name
    }


@pytest.mark.parametrize("digest", DOCUMENTS, ids=lambda digest: name_of(DOCUMENTS[digest]))
def test_is_within_the_limits_with_the_largest_pages(digest: str) -> None:
    document = parse(DOCUMENTS[digest])
    sizes = {"first": events.PAGE, "last": events.PAGE}
    check(Walk(SCHEMA, document, Limits(), sizes).operation(operation_of(document)), Limits())


@pytest.mark.parametrize("digest", DOCUMENTS, ids=lambda digest: name_of(DOCUMENTS[digest]))
def test_of_the_mini_program_suit_the_schema_and_its_limits(digest: str) -> None:
    document = parse(DOCUMENTS[digest])
    assert validate(SCHEMA, document) == []
    measure = Walk(SCHEMA, document, Limits(), {}).operation(operation_of(document))
    check(measure, Limits())


@pytest.mark.parametrize("digest", DOCUMENTS, ids=lambda digest: name_of(DOCUMENTS[digest]))
def test_of_the_mini_program_are_known_by_the_hash_of_their_text(digest: str) -> None:
    assert sha256(DOCUMENTS[digest].encode()).hexdigest() == digest


def test_of_the_mini_program_are_compiled_from_what_was_written_last() -> None:
    written = sources()
    compiled = {name_of(text): print_ast(parse(text)) for text in DOCUMENTS.values()}
    assert compiled.keys() == written.keys()
    for name, text in compiled.items():
        assert set(text.split("\n\n")) <= set(written[name].split("\n\n")), f"run `make client-operations`: {name}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_that_administrators_find_in_graphiql_suit_the_schema_with_their_variables(path: Path) -> None:
    document = parse(text_of(path))
    assert validate(SCHEMA, document) == []
    variables = variables_of(path)
    definitions = operation_of(document).variable_definitions or ()
    assert {definition.variable.name.value for definition in definitions} >= variables.keys()
    assert not isinstance(get_variable_values(SCHEMA, definitions, variables), list)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_that_administrators_find_in_graphiql_have_a_chinese_and_an_english_title(path: Path) -> None:
    zh, en = text_of(path).splitlines()[:2]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
    assert en.startswith("# ")
    assert en.isascii()


@pytest.mark.parametrize("path", [path for path in EXAMPLES if kind_of(path) == "query"], ids=lambda path: path.stem)
async def test_that_administrators_find_in_graphiql_answer_when_they_are_run(admin: Person, path: Path) -> None:
    answer = await admin.send(text_of(path), **variables_of(path))
    assert "errors" not in answer


async def test_of_the_mini_program_are_served_by_their_hash(people: People) -> None:
    patient = await people.patient()
    digest = next(digest for digest, text in DOCUMENTS.items() if name_of(text) == "Me")
    answer = await patient.http.post("/graphql", json={"documentId": f"sha256:{digest}"}, headers=patient.headers)
    assert answer.json()["data"]["me"]["username"] == patient.username
