"""The engine: an operation…"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
import pytest

from tests.loopback import plain_client
from tests.transport.client import connected
from tests.transport.conftest import served
from tests.transport.toy import PLENTY, Begun, Caller, Item, World, make_app, schema
from transport.budget import Budget
from transport.documents import CACHED_CHARACTERS, CACHED_DOCUMENTS, Documents, Plan
from transport.encoding import encode
from transport.limits import Limits
from transport.ports import NOT_MINE, Ports, Runner, Shared
from transport.requests import Request

HELLO = "{ hello }"
STRANGER = Caller(World(), None, None)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


async def ask(world: World, body: dict[str, Any], token: str | None = None, **ports: Any) -> Any:
    headers = {"authorization": token} if token else {}
    async with served(make_app(world, **ports)) as address, plain_client() as http:
        return (await http.post(f"http://{address}/graphql", json=body, headers=headers)).json()


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": digest(HELLO)},
        {"documentId": f"sha256:{digest(HELLO)}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(HELLO)}}},
        {"query": HELLO},
    ],
)
async def test_may_be_named_by_the_hash_of_a_known_document(world: World, body: dict[str, Any]) -> None:
    answer = await ask(world, body, documents={digest(HELLO): HELLO}, open_documents=False)
    assert answer["data"] == {"hello": "你好，世界"}


async def test_of_an_unknown_document_is_refused_where_documents_are_closed(world: World) -> None:
    closed: dict[str, Any] = {"documents": {digest(HELLO): HELLO}, "open_documents": False}
    for body in ({"query": "{ user }"}, {"documentId": digest("{ user }")}):
        assert (await ask(world, body, **closed))["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert (await ask(world, {"query": "{ user }"}, "admin", **closed))["data"] == {"user": "admin"}


async def test_is_told_to_the_application_with_its_hash_and_cost(world: World) -> None:
    await ask(world, {"query": "query A { items(first: 2) { id } } query B { hello }", "operationName": "A"})
    (operation,) = world.admitted
    assert (operation.kind, operation.name, operation.cost) == ("query", "A", 3)
    assert operation.document_hash == digest("query A { items(first: 2) { id } } query B { hello }")
    (finished,) = world.finished
    assert finished.operation is operation
    assert (finished.code, finished.events) == (None, 0)
    assert 0 < finished.milliseconds < 5000


async def test_that_fails_is_finished_with_the_code_of_its_first_error(world: World) -> None:
    await ask(world, {"query": "{ refused broken }"})
    assert [each.code for each in world.finished] == ["FORBIDDEN"]
    await ask(world, {"query": "query ($e: Even!) { even(number: $e) }"})
    assert [each.code for each in world.finished] == ["FORBIDDEN", "BAD_USER_INPUT"]


async def test_that_is_rejected_is_charged_but_never_finished(world: World) -> None:
    for query in ("{", "{ hell }", "{ items(first: 99999) { id } }"):
        await ask(world, {"query": query})
    assert [(each.name, each.document_hash, each.cost) for each in world.admitted] == [(None, "", 100)] * 3
    assert world.finished == []
    answer = await ask(world, {"query": "{"}, "poor")
    assert answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


class Builder:
    """A compiled read path that knows one field."""

    def __init__(self, result: Any) -> None:
        self.result = result
        self.built: list[str | None] = []
        self.runs: list[tuple[Any, Any, Mapping[str, Any]]] = []

    def build(self, plan: Plan) -> Runner | None:
        self.built.append(plan.name)
        return self.run if plan.name == "Mine" else None

    async def run(self, root: Any, context: Any, variables: Mapping[str, Any]) -> Any:
        self.runs.append((root, context, variables))
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


async def test_may_be_run_by_a_compiled_path(world: World) -> None:
    builder = Builder({"hello": orjson.Fragment(b'"compiled"')})
    query = "query Mine($n: String) { hello(name: $n) } query Other { hello }"
    app = make_app(world, build=builder.build)
    async with served(app) as address, plain_client(f"http://{address}") as http:
        for _ in range(3):
            body = {"query": query, "operationName": "Mine", "variables": {"n": "x"}}
            response = await http.post("/graphql", json=body)
            assert response.content == (
                b'{"data":{"hello":"compiled"},"extensions":{"cost":{"requested":1,"maximum":15000}}}'
            )
    assert builder.built == ["Mine"]
    assert [(root, type(context), variables) for root, context, variables in builder.runs] == [
        (None, Begun, {"n": "x"})
    ] * 3


async def test_falls_back_when_the_compiled_path_declines(world: World) -> None:
    assert (await ask(world, {"query": "query Mine { hello }"}, build=Builder(NOT_MINE).build))["data"] == {
        "hello": "你好，世界"
    }


async def test_that_breaks_in_the_compiled_path_is_masked(world: World) -> None:
    answer = await ask(world, {"query": "query Mine { hello }"}, build=Builder(RuntimeError("secret")).build)
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert "secret" not in str(answer)
    assert [report for report, _ in world.reports] == ["RuntimeError('secret')"]


async def test_never_compiles_mutations(world: World) -> None:
    builder = Builder({"append": []})
    await ask(world, {"query": 'mutation Mine { append(text: "x") }'}, build=builder.build)
    assert (builder.built, world.written) == ([], ["x"])


async def test_shares_the_encoded_event_among_its_watchers(world: World) -> None:
    builder = Builder({"shared": {"text": "once"}})
    world.shared = [Shared(Item(id="1"))]  # type: ignore[arg-type]  # strawberry's id is a str
    async with served(make_app(world, build=builder.build)) as address:
        for _ in range(5):
            async with connected(address) as client:
                await client.subscribe("1", "subscription Mine { shared { text } }")
                assert (await client.hear())["payload"] == {"data": {"shared": {"text": "once"}}}
    assert len(builder.runs) == 1


@pytest.mark.parametrize(
    "query",
    [
        "subscription Mine($a: Boolean!) { shared { text @include(if: $a) } }",
        "subscription Mine($a: Boolean!) { shared { ...F } } fragment F on Item { text @skip(if: $a) }",
        "subscription Mine($a: Boolean!) { ... { shared { text @skip(if: $a) } } }",
    ],
)
async def test_is_not_shared_where_variables_could_tell_watchers_apart(world: World, query: str) -> None:
    builder = Builder({"shared": {"text": "each"}})
    world.shared = [Shared(Item(id="1"))]  # type: ignore[arg-type]  # strawberry's id is a str
    async with served(make_app(world, build=builder.build)) as address:
        for _ in range(2):
            async with connected(address) as client:
                await client.subscribe("1", query, variables={"a": True})
                assert (await client.hear())["type"] == "next"
    assert len(builder.runs) == 2


async def test_is_not_shared_when_the_event_breaks(world: World) -> None:
    world.shared = [Shared(Item(id="1"))]  # type: ignore[arg-type]  # strawberry's id is a str
    async with served(make_app(world)) as address:
        seen = []
        for _ in range(2):
            async with connected(address) as client:
                await client.subscribe("1", "subscription { shared { text broken } }")
                payload = (await client.hear())["payload"]
                seen.append(payload["errors"][0]["extensions"]["requestId"])
    assert len(set(seen)) == 2


def test_is_kept_in_a_cache_bounded_by_entries_and_characters() -> None:
    documents = Documents(schema._schema, Limits(), Ports(open=World().open), Budget(PLENTY, PLENTY))
    first = documents.plan(Request(HELLO, {}, None, None), STRANGER)
    assert documents.plan(Request(HELLO, {}, None, None), STRANGER) is first
    for number in range(CACHED_DOCUMENTS + 10):
        documents.plan(Request(f"{{ hello }} #{number}", {}, None, None), STRANGER)
        documents.plan(Request(HELLO, {}, None, None), STRANGER)
    assert documents.plan(Request(HELLO, {}, None, None), STRANGER) is first
    assert len(documents._cache) == CACHED_DOCUMENTS
    for number in range(10):
        documents.plan(Request(f"{{ hello }} #{number:050000}", {}, None, None), STRANGER)
    assert sum(map(len, documents._cache)) == documents._characters <= CACHED_CHARACTERS


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ({"a": "中\u2028"}, '{"a":"中\u2028"}'),
        ({"a": "\ud83d"}, '{"a":"\ufffd"}'),
        ({"a": 2**70}, '{"a":1180591620717411303424}'),
        ({1: 2}, '{"1":2}'),
        (float("nan"), "null"),
        ([datetime(2026, 1, 2, tzinfo=UTC)], '["2026-01-02T00:00:00Z"]'),
        ([datetime(2026, 1, 2, tzinfo=UTC), "\ud83d"], '["2026-01-02T00:00:00Z","\ufffd"]'),
    ],
)
def test_is_encoded_as_readable_json(value: Any, encoded: str) -> None:
    assert encode(value).decode() == encoded


async def test_whose_result_has_no_json_form_is_masked(world: World) -> None:
    answer = await ask(world, {"query": "query Mine { hello }"}, build=Builder({"hello": object()}).build)
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


async def test_cannot_stream_more_than_a_payer_may(world: World) -> None:
    app = make_app(world, streams=2)
    async with served(app) as address, connected(address) as client, connected(address, "other") as other:
        for number in range(2):
            await client.subscribe(str(number), "subscription { forever }")
            assert (await client.hear())["type"] == "next"
        await client.subscribe("2", "subscription { forever }")
        answer = await client.hear()
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")
        await other.subscribe("0", "subscription { forever }")
        assert (await other.hear())["type"] == "next"
        await client.say("complete", "0")
        await client.subscribe("3", "subscription { forever }")
        assert (await client.hear())["type"] == "next"
