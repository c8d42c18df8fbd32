"""Malformed and hostile HTTP: a stranger…"""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from tests.loopback import plain_client
from tests.transport.conftest import served
from tests.transport.toy import World, make_app
from transport.asgi import Bounds
from transport.ports import Refused
from transport.requests import read_json

JSON = {"content-type": "application/json"}
GOOD = b'{"query":"{ hello }"}'


def code_of(response: httpx.Response) -> str:
    assert response.headers["content-type"].startswith(("application/json", "application/graphql-response+json"))
    (error,) = response.json()["errors"]
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    code: str = error["extensions"]["code"]
    return code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"1",
        b'"{ hello }"',
        b"[]",
        b'[{"query":"{ hello }"}]',
        b"{",
        b"\xff\xfe",
        b'{"query":"\xff"}',
        b'{"query":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"query":"{ hello }","variables":{"a":' + b"9" * 5000 + b"}}",
        b'{"query":"{ hello }","variables":{"a":1e999}}',
        b'{"query":"{ hello }","variables":{"a":NaN}}',
        b'{"query":"{ hello }","variables":"{}"}',
        b'{"query":"{ hello }","variables":[]}',
        b'{"query":"{ hello }","operationName":1}',
        b'{"query":"{ hello }","extensions":[]}',
        b'{"query":1}',
        b'{"query":{}}',
        b'{"query":null}',
        b'{"query":""}',
        b"{}",
        b'{"documentId":"sha256:0"}',
        gzip.compress(GOOD),
    ],
    ids=range(24),
)
async def test_sending_a_malformed_body_reads_bad_request(http: httpx.AsyncClient, body: bytes) -> None:
    for accept in ("application/json", "application/graphql-response+json"):
        started = time.thread_time()
        response = await http.post("/graphql", content=body, headers={**JSON, "accept": accept})
        assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
        assert time.thread_time() - started < 1


async def test_sending_a_large_integer_is_told_what_is_wrong_with_it(http: httpx.AsyncClient) -> None:
    body = {"query": "query ($n: Int!) { items(first: $n) { id } }", "variables": {"n": 10**25}}
    response = await http.post("/graphql", json=body)
    assert code_of(response) == "QUERY_TOO_COMPLEX" if "COMPLEX" in response.text else "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "application/graphql"}, 415),
        ({"content-type": "application/json; charset=gb18030"}, 415),
        ({"content-type": "application/json", "content-encoding": "gzip"}, 415),
        ({"content-type": ""}, 415),
        ({"content-type": "application/json", "accept": "image/png"}, 406),
        ({"content-type": "multipart/form-data; boundary=x"}, 403),
    ],
)
async def test_sending_what_is_not_json_is_told_so(
    http: httpx.AsyncClient, world: World, headers: dict[str, str], status: int
) -> None:
    response = await http.post("/graphql", content=GOOD, headers={"accept": "*/*", **headers})
    assert response.status_code == status
    assert code_of(response) == ("FORBIDDEN" if status == 403 else "BAD_REQUEST")
    assert world.connections == []


async def test_may_say_that_the_json_is_utf_8(http: httpx.AsyncClient) -> None:
    headers = {"content-type": 'Application/JSON; Charset="UTF-8"'}
    assert (await http.post("/graphql", content=GOOD, headers=headers)).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "HEAD"])
async def test_using_another_method_reads_which_are_allowed(http: httpx.AsyncClient, method: str) -> None:
    response = await http.request(method, "/graphql")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST, OPTIONS")


async def test_asking_elsewhere_finds_nothing_in_the_same_form(http: httpx.AsyncClient) -> None:
    response = await http.get("/nowhere")
    assert (response.status_code, code_of(response)) == (404, "NOT_FOUND")


async def test_cannot_choose_a_request_id_that_breaks_logs(http: httpx.AsyncClient) -> None:
    for given in (b"a b", b"x" * 65, b"<script>", "日".encode()):
        headers = [(b"content-type", b"application/json"), (b"x-request-id", given)]
        response = await http.post("/graphql", content=GOOD, headers=headers)
        assert len(response.headers["x-request-id"]) == 24


async def test_may_send_half_an_emoji(http: httpx.AsyncClient) -> None:
    query = rb'{"query":"query ($n: String!) { hello(name: $n) }","variables":{"n":"%s"}}'
    for sent, seen in ((rb"a\ud83d", "a\ufffd"), (rb"\ud83d\ude00", "😀"), (rb"\\ud83d\udc00b", "\\ud83d\ufffdb")):
        response = await http.post("/graphql", content=query % sent, headers=JSON)
        assert response.json()["data"] == {"hello": f"你好，{seen}"}


def test_that_is_full_of_halves_is_refused_at_once() -> None:
    body = b'{"query":"' + rb"\ud83d" * 170_000 + b"["
    started = time.thread_time()
    for _ in range(5):
        with pytest.raises(Refused):
            read_json(body)
    assert time.thread_time() - started < 0.2


async def test_reading_half_an_emoji_reads_a_replacement_character(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "{ half }"})
    assert response.content.startswith('{"data":{"half":"\ufffd"}'.encode())


@pytest.fixture
async def hurried(world: World) -> AsyncIterator[str]:
    """A server that waits briefly."""
    bounds = Bounds(body_seconds=0.2, json_bytes=100_000)
    async with served(make_app(world, bounds=bounds)) as address:
        yield address


async def speak(address: str, *pieces: bytes) -> bytes:
    """Everything a raw connection answers until it closes."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


def head(*lines: str) -> bytes:
    return "\r\n".join(["POST /graphql HTTP/1.1", "Host: x", "Content-Type: application/json", *lines, "", ""]).encode()


async def test_announcing_five_gigabytes_is_refused_before_a_byte_is_read(hurried: str, world: World) -> None:
    answer = await speak(hurried, head("Content-Length: 5368709120"), b"x" * 1000)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"PAYLOAD_TOO_LARGE" in answer
    assert world.connections == []


async def test_streaming_chunks_without_end_is_cut_off_at_the_limit(hurried: str) -> None:
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    answer = await speak(hurried, head("Transfer-Encoding: chunked"), *[chunk] * 4)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer


async def test_sending_without_end_is_answered_and_cut_off(address: str) -> None:
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head("Transfer-Encoding: chunked", "Content-Encoding: gzip"))
    sent = 0
    with suppress(ConnectionError):
        while sent < 64_000_000:
            writer.write(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
            sent += 0x8000
            await writer.drain()
    assert sent < 64_000_000
    assert reader._buffer.startswith(b"HTTP/1.1 415 ")  # type: ignore[attr-defined]  # what came before the reset
    writer.close()


async def test_stalling_in_the_middle_of_a_body_is_timed_out(hurried: str) -> None:
    started = time.perf_counter()
    answer = await speak(hurried, head("Content-Length: 100"), b'{"query"')
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer
    assert 0.2 <= time.perf_counter() - started < 2


async def test_trickling_a_body_is_timed_out_too(hurried: str) -> None:
    host, port = hurried.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head("Content-Length: 1000"))

    async def trickle() -> None:
        while not reader.at_eof():
            writer.write(b"x")
            await asyncio.sleep(0.02)

    trickling = asyncio.create_task(trickle())
    async with asyncio.timeout(3):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    trickling.cancel()
    writer.close()


async def test_leaving_in_the_middle_of_a_body_does_no_harm(hurried: str, world: World) -> None:
    host, port = hurried.split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(head("Content-Length: 100") + b"{")
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    async with plain_client() as http:
        response = await http.post(f"http://{hurried}/graphql", content=GOOD, headers=JSON)
    assert response.status_code == 200
    assert world.reports == []
