"""Headers: an answer…"""

import httpx
import pytest

from transport.negotiation import accepted, language

RESPONSE_JSON = "application/graphql-response+json"
EVENTS = "text/event-stream"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@pytest.mark.parametrize(
    ("header", "media"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{RESPONSE_JSON}, application/json;q=0.9", RESPONSE_JSON),
        (f"application/json, {RESPONSE_JSON};q=0.9", "application/json"),
        (f"application/json, {RESPONSE_JSON}", RESPONSE_JSON),
        (URQL, RESPONSE_JSON),
        (f"{EVENTS}, application/json", "application/json"),
        ("Application/JSON", "application/json"),
        (f"{RESPONSE_JSON};q=0, application/json;q=0.1", "application/json"),
        ("application/json;q=x", None),
        ("text/html", None),
        (EVENTS, None),
        (";;;,,,", None),
    ],
)
async def test_has_the_media_type_that_was_asked_for(header: str | None, media: str | None) -> None:
    assert accepted(header and header.encode()).media == media


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "zh"),
        ("*", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh-TW,en;q=0.5", "zh"),
        ("fr,en;q=0.1", "en"),
        ("en;q=0", "zh"),
        ("en;q=nan,zh", "zh"),
        (",;=q", "zh"),
    ],
)
async def test_speaks_the_language_that_was_asked_for(header: str | None, expected: str) -> None:
    assert language(header and header.encode()) == expected


async def test_to_a_query_is_json_even_where_streams_are_accepted(http: httpx.AsyncClient) -> None:
    for accept in (URQL, f"{EVENTS}, */*"):
        response = await http.post("/graphql", json={"query": "{ hello }"}, headers={"accept": accept})
        assert response.headers["content-type"].startswith("application/")
        assert response.json()["data"]


async def test_to_a_subscription_without_streams_says_what_to_accept(http: httpx.AsyncClient) -> None:
    body = {"query": "subscription { count(to: 1) }"}
    response = await http.post("/graphql", json=body, headers={"accept-language": "en"})
    assert response.status_code == 406
    assert response.json()["errors"][0]["message"] == (
        "Subscriptions need a WebSocket, or text/event-stream in Accept."
    )


async def test_lets_the_pages_of_listed_origins_read_it(http: httpx.AsyncClient) -> None:
    for origin, granted in (("https://app.example", True), ("https://evil.example", False), ("null", False)):
        response = await http.post("/graphql", json={"query": "{ hello }"}, headers={"origin": origin})
        assert ("access-control-allow-origin" in response.headers) is granted
        assert "access-control-allow-credentials" not in response.headers
        preflight = await http.options("/graphql", headers={"origin": origin, "access-control-request-method": "POST"})
        assert preflight.status_code == 204
        assert ("access-control-allow-headers" in preflight.headers) is granted
