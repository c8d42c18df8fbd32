"""The gql client for Python: …"""

import io
from typing import Any

import pytest
from gql import Client, FileVar, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport


def over_http(address: str) -> Client:
    headers = {"authorization": "Bearer rich"}
    return Client(transport=HTTPXAsyncTransport(f"http://{address}/graphql", headers=headers))


def over_socket(address: str, **payload: str) -> Client:
    transport = WebsocketsTransport(
        f"ws://{address}/graphql", init_payload=payload, subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
    )
    return Client(transport=transport)


async def test_runs_a_query_over_http_and_over_a_socket(address: str) -> None:
    request = gql("query Hello($name: String!) { hello(name: $name) user }")
    request.variable_values = {"name": "李"}
    for client in (over_http(address), over_socket(address, Authorization="Bearer rich")):
        async with client as session:
            assert await session.execute(request) == {"hello": "你好，李", "user": "rich"}


async def test_reads_an_error_with_its_code(address: str) -> None:
    for client in (over_http(address), over_socket(address)):
        async with client as session:
            with pytest.raises(TransportQueryError) as failed:
                await session.execute(gql("{ refused }"))
        errors: Any = failed.value.errors
        assert errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_uploads_a_file(address: str) -> None:
    request = gql("mutation Keep($files: [Upload!]!) { keep(files: $files) }")
    request.variable_values = {"files": [FileVar(io.BytesIO(b"one"), filename="a.png", content_type="image/png")]}
    async with over_http(address) as session:
        kept: Any = await session.execute(request, upload_files=True)
    assert kept["keep"][0].startswith("a.png image/png 3 ")


async def test_follows_a_subscription(address: str) -> None:
    async with over_socket(address) as session:
        seen = [result["count"] async for result in session.subscribe(gql("subscription { count(to: 3) }"))]
    assert seen == [0, 1, 2]
