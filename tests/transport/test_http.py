"""GraphQL over HTTP: a request…"""

import time

import httpx
import pytest

from tests.loopback import plain_client
from tests.transport.conftest import served
from tests.transport.toy import SECRET, World, make_app
from transport.asgi import Bounds

RESPONSE_JSON = "application/graphql-response+json"


async def post(
    http: httpx.AsyncClient, query: str, headers: dict[str, str] | None = None, **more: object
) -> httpx.Response:
    return await http.post("/graphql", json={"query": query, **more}, headers=headers)


async def test_is_answered_with_unescaped_chinese_and_its_cost(http: httpx.AsyncClient) -> None:
    response = await post(http, "{ hello }")
    assert response.content == (
        '{"data":{"hello":"你好，世界"},"extensions":{"cost":{"requested":1,"maximum":15000}}}'.encode()
    )
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_may_be_a_get_for_a_query(http: httpx.AsyncClient) -> None:
    parameters = {"query": "query A($n: String!) { hello(name: $n) }", "variables": '{"n":"李"}', "operationName": "A"}
    response = await http.get("/graphql", params=parameters)
    assert response.json()["data"] == {"hello": "你好，李"}


async def test_may_not_be_a_get_for_a_mutation(http: httpx.AsyncClient, world: World) -> None:
    response = await http.get("/graphql", params={"query": 'mutation { append(text: "x") }'})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert world.written == []


async def test_runs_the_fields_of_a_query_together(http: httpx.AsyncClient) -> None:
    assert (await post(http, "{ a: meet b: meet }")).json()["data"] == {"a": "met", "b": "met"}


async def test_runs_the_fields_of_a_mutation_one_after_the_other(http: httpx.AsyncClient, world: World) -> None:
    await post(http, 'mutation { a: append(text: "1") b: append(text: "2") c: append(text: "3") }')
    assert world.written == ["1", "2", "3"]


async def test_that_breaks_inside_tells_nothing_but_is_reported(http: httpx.AsyncClient, world: World) -> None:
    response = await post(http, "{ item { broken } }", {"x-request-id": "trace-1"})
    assert response.status_code == 200
    assert response.json()["data"] == {"item": None}
    assert response.json()["errors"] == [
        {
            "message": "服务器出了点问题，请稍后再试",
            "locations": [{"line": 1, "column": 10}],
            "path": ["item", "broken"],
            "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "trace-1"},
        }
    ]
    assert world.reports == [(f"RuntimeError({SECRET!r})", "trace-1")]


async def test_gets_its_errors_in_the_language_it_asks_for(http: httpx.AsyncClient) -> None:
    for header, message in (("en-US,zh;q=0.5", "No."), ("zh-CN,en;q=0.9", "不行"), ("fr", "不行")):
        response = await post(http, "{ refused }", {"accept-language": header})
        assert response.json()["errors"][0]["message"] == message
        assert response.json()["errors"][0]["extensions"]["field"] == "toy"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ hell }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", "BAD_REQUEST"),
        ("query ($e: Even!) { even(number: $e) }", "BAD_USER_INPUT"),
        ("{ __schema { types { name } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ items(first: 15000) { id } }", "QUERY_TOO_COMPLEX"),
    ],
)
async def test_that_cannot_run_has_a_status_only_for_those_who_ask(
    http: httpx.AsyncClient, query: str, code: str
) -> None:
    plain = await post(http, query)
    asked = await post(http, query, {"accept": RESPONSE_JSON})
    assert (plain.status_code, asked.status_code) == (200, 400)
    assert asked.headers["content-type"] == f"{RESPONSE_JSON}; charset=utf-8"
    for response in (plain, asked):
        assert list(response.json()) == ["errors"]
        error = response.json()["errors"][0]
        assert error["extensions"] == {"code": code, "requestId": response.headers["x-request-id"]}


async def test_never_reads_what_a_scalars_code_said(http: httpx.AsyncClient) -> None:
    for query in ("query ($e: Even!) { even(number: $e) }", "{ even(number: 3) }"):
        response = await post(http, query, variables={"e": 3} if "$" in query else {})
        assert "Expected value of type 'Even'" in response.text
        assert SECRET not in response.text


async def test_reads_the_words_that_the_application_has_for_a_scalar(http: httpx.AsyncClient) -> None:
    for query in ("query ($e: Even!) { even(number: $e) }", "{ even(number: 13) }"):
        response = await post(http, query, variables={"e": 13} if "$" in query else {})
        error = response.json()["errors"][0]
        assert (error["message"], error["extensions"]["code"]) == ("不行", "FORBIDDEN")


async def test_with_a_bad_token_is_refused_before_its_body_is_read(http: httpx.AsyncClient) -> None:
    for accept, status, scheme in (("application/json", 200, None), (RESPONSE_JSON, 401, "Bearer")):
        response = await post(http, "{", {"authorization": "Bearer bad", "accept": accept})
        assert (response.status_code, response.headers.get("www-authenticate")) == (status, scheme)
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_over_a_rate_limit_is_told_when_to_come_back(http: httpx.AsyncClient) -> None:
    response = await post(http, "{ hello }", {"authorization": "poor"})
    assert (response.status_code, response.headers["retry-after"]) == (429, "2")
    assert response.json()["errors"][0]["extensions"]["retryAfterMs"] == 1500


async def test_too_many_or_malformed_is_answered_late(world: World) -> None:
    app = make_app(world, bounds=Bounds(penalty_seconds=0.1))
    async with served(app) as address, plain_client(f"http://{address}") as http:
        for headers, body in (({"authorization": "poor"}, '{"query":"{ hello }"}'), ({}, "{")):
            started = time.perf_counter()
            await http.post("/graphql", content=body, headers={"content-type": "application/json", **headers})
            assert time.perf_counter() - started >= 0.1


async def test_sees_suggestions_and_the_schema_only_with_the_right(http: httpx.AsyncClient) -> None:
    admin = {"authorization": "admin"}
    assert "Did you mean" in (await post(http, "{ hell }", admin)).text
    assert "Did you mean" not in (await post(http, "{ hell }")).text
    assert (await post(http, "{ __schema { queryType { name } } }", admin)).json()["data"]
    assert (await post(http, "{ __typename }")).json()["data"] == {"__typename": "Query"}
