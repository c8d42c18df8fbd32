"""Random bodies and query strings: whatever is posted…"""

import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.transport.test_random_frames import JSON
from tests.transport.toy import SECRET, World

QUIET = settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KINDS = ["application/json", "application/json; charset=utf-8", "multipart/form-data; boundary=x", "text/plain", ""]
ACCEPTS = ["*/*", "application/json", "application/graphql-response+json", "text/event-stream", "text/html", "x/y"]


def answered(response: httpx.Response, world: World) -> None:
    """As GraphQL, without a server error and without anything internal."""
    assert response.status_code < 500
    assert response.headers["x-request-id"]
    assert SECRET not in response.text
    if response.headers["content-type"].startswith("text/event-stream"):
        assert response.content.endswith(b"event: complete\ndata:\n\n")
    else:
        assert set(response.json()) <= {"data", "errors", "extensions"}
    assert world.reports == []


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    request: dict[str, Any] = {"query": "query A($n: Int) { items(first: $n) { id } }", "variables": {"n": 2}}
    request[draw(st.sampled_from(["query", "variables", "operationName", "extensions", "documentId"]))] = draw(JSON)
    return request


@QUIET
@given(
    body=st.binary(max_size=60) | requests().map(lambda value: json.dumps(value).encode()), kind=st.sampled_from(KINDS)
)
async def test_is_answered(http: httpx.AsyncClient, world: World, body: bytes, kind: str) -> None:
    answered(await http.post("/graphql", content=body, headers={"content-type": kind, "x-requested-with": "x"}), world)


@QUIET
@given(accept=st.lists(st.sampled_from(ACCEPTS), max_size=3).map(",".join), query=st.text(max_size=20))
async def test_is_answered_in_some_accepted_type(
    http: httpx.AsyncClient, world: World, accept: str, query: str
) -> None:
    for sent in (query, "{ hello }", "subscription { count(to: 1) }"):
        answered(await http.post("/graphql", json={"query": sent}, headers={"accept": accept}), world)


@QUIET
@given(parameters=st.dictionaries(st.sampled_from(["query", "variables", "extensions", "x"]), st.text(max_size=20)))
async def test_is_answered_by_get_too(http: httpx.AsyncClient, world: World, parameters: dict[str, str]) -> None:
    answered(await http.get("/graphql", params=parameters), world)


@QUIET
@given(query_string=st.binary(max_size=40))
async def test_is_answered_for_any_query_string(http: httpx.AsyncClient, world: World, query_string: bytes) -> None:
    response = await http.send(
        http.build_request("GET", httpx.URL("/graphql", query=b"query=" + escaped(query_string)))
    )
    answered(response, world)


def escaped(noise: bytes) -> bytes:
    """Percent signs stay as they are, whatever follows them."""
    return b"".join(
        bytes([byte]) if (byte < 128 and chr(byte).isalnum()) or byte in b"%&=+" else b"%%%02X" % byte for byte in noise
    )
