"""The GraphQL multipart request spec: a form…"""

import asyncio
import json
import os
import time
from contextlib import suppress
from hashlib import sha256
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.transport.toy import World
from transport.body import Turned
from transport.multipart import Form, form_request
from transport.requests import Request

RICH = {"authorization": "Bearer rich"}
KEEP = "mutation ($files: [Upload!]!) { keep(files: $files) }"
OPERATIONS = json.dumps({"query": KEEP, "variables": {"files": [None, None]}})
MAP = json.dumps({"0": ["variables.files.0"], "1": ["variables.files.1"]})
CONTENT_TYPE = "multipart/form-data; boundary=frontier"
Part = tuple[str, str | None, bytes]


def form_of(*parts: Part, end: bytes = b"--frontier--\r\n") -> bytes:
    """Parts as (name, file name or None, content)."""
    body = b""
    for name, filename, content in parts:
        suffix = f'; filename="{filename}"\r\nContent-Type: image/png' if filename is not None else ""
        body += (
            f'--frontier\r\nContent-Disposition: form-data; name="{name}"{suffix}\r\n\r\n'.encode() + content + b"\r\n"
        )
    return body + end


FIELDS: list[Part] = [("operations", None, OPERATIONS.encode()), ("map", None, MAP.encode())]
FILES: list[Part] = [("0", "图.png", b"one"), ("1", "b.png", b"two")]


async def send(http: httpx.AsyncClient, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return await http.post("/graphql", content=body, headers={"content-type": CONTENT_TYPE, **(headers or RICH)})


def code_of(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


@pytest.mark.parametrize("order", [FIELDS + FILES, FILES + FIELDS, [FIELDS[1], FILES[1], FIELDS[0], FILES[0]]])
async def test_may_have_its_parts_in_any_order(http: httpx.AsyncClient, order: list[Part]) -> None:
    response = await send(http, form_of(*order))
    digests = [sha256(content).hexdigest()[:8] for content in (b"one", b"two")]
    assert response.json()["data"] == {"keep": [f"图.png image/png 3 {digests[0]}", f"b.png image/png 3 {digests[1]}"]}


async def test_may_hold_files_larger_than_memory(http: httpx.AsyncClient) -> None:
    contents = os.urandom(1_400_000), os.urandom(1_400_000)
    response = await send(http, form_of(("0", "a", contents[0]), ("1", "b", contents[1]), *FIELDS))
    assert [line.split()[2:] for line in response.json()["data"]["keep"]] == [
        ["1400000", sha256(content).hexdigest()[:8]] for content in contents
    ]


async def test_may_use_one_file_in_two_places(http: httpx.AsyncClient) -> None:
    both = json.dumps({"0": ["variables.files.0", "variables.files.1"]}).encode()
    response = await send(http, form_of(FIELDS[0], ("map", None, both), FILES[0]))
    assert [line.split()[0] for line in response.json()["data"]["keep"]] == ["图.png", "图.png"]


def with_field(name: str, value: Any) -> bytes:
    other = [part for part in FIELDS if part[0] != name]
    return form_of(*other, (name, None, json.dumps(value).encode()), *FILES)


NOT_OPERATIONS: list[Any] = [[], 1, None, "x", {}, [{"query": KEEP}], {"query": KEEP}]
NOT_VARIABLES: list[Any] = [[], 1, "x", {"files": 1}, {}]
NOT_MAPS: list[Any] = [[], 1, None, "x", {}, {"0": "x"}, {"0": 1, "1": None}]
MALFORMED: list[bytes] = [
    b"",
    b"--",
    form_of(),
    form_of(*FIELDS, *FILES, end=b""),
    form_of(*FIELDS, *FILES).replace(b"frontier", b"limit"),
    form_of(*FIELDS),
    form_of(*FIELDS, FILES[0]),
    form_of(*FIELDS, *FILES, ("2", "c", b"")),
    form_of(*FIELDS, *FILES, FILES[1]),
    form_of(*FIELDS, FIELDS[0], *FILES),
    form_of(FIELDS[0], *FILES),
    form_of(FIELDS[1], *FILES),
    form_of(("operations", "o.json", OPERATIONS.encode()), FIELDS[1], *FILES),
    form_of(FIELDS[0], ("map", "m.json", MAP.encode()), *FILES),
    *[with_field("operations", value) for value in NOT_OPERATIONS],
    *[with_field("operations", {"query": KEEP, "variables": value}) for value in NOT_VARIABLES],
    *[with_field("map", value) for value in NOT_MAPS],
    *[
        with_field("map", {"0": [path], "1": ["variables.files.1"]})
        for path in (
            1,
            None,
            "query",
            "variables",
            "variables.",
            "variables.files",
            "variables.files.2",
            "variables.files.-1",
            "variables.files.x",
            "variables.files.0.x",
            "variables.files." + "9" * 5000,
            "variables.none.0",
            "variables.__class__",
        )
    ],
    with_field("map", {"0": ["variables.files.0"], "1": ["variables.files.0"]}),
    with_field("map", {"0": [], "1": ["variables.files.1"]}),
    with_field("map", {"0": ["variables.files.0"] * 51, "1": ["variables.files.1"]}),
    form_of(*FIELDS, *[(str(number), "f", b"") for number in range(11)]),
    b"--frontier\r\nContent-Disposition: form-data\r\n\r\nx\r\n--frontier--\r\n",
    b"--frontier\r\n\r\nx\r\n--frontier--\r\n",
    b"--frontier\r\n" + b"X: y\r\n" * 100 + b"\r\nx\r\n--frontier--\r\n",
    b"--frontier\r\nX: " + b"y" * 100_000,
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
async def test_that_is_malformed_reads_bad_request(http: httpx.AsyncClient, world: World, body: bytes) -> None:
    started = time.thread_time()
    response = await send(http, body)
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
    assert time.thread_time() - started < 1
    assert (world.admitted, world.reports) == ([], [])


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 300])
async def test_without_a_good_boundary_reads_bad_request(http: httpx.AsyncClient, content_type: str) -> None:
    response = await http.post("/graphql", content=form_of(), headers={"content-type": content_type, **RICH})
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


async def test_from_a_stranger_is_refused_before_it_is_read(http: httpx.AsyncClient) -> None:
    async def pieces() -> Any:
        for _ in range(60):
            yield b"x" * 65_536

    headers = {"content-type": CONTENT_TYPE, "x-requested-with": "x", "accept": "application/graphql-response+json"}
    async with asyncio.timeout(2):
        response = await http.post("/graphql", content=pieces(), headers=headers)
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")


async def test_from_a_foreign_page_is_refused(http: httpx.AsyncClient, world: World) -> None:
    response = await send(http, form_of(*FIELDS, *FILES), {"origin": "https://evil.example"})
    assert (response.status_code, code_of(response)) == (403, "FORBIDDEN")
    assert world.connections == []


async def test_over_the_callers_limit_is_cut_off(http: httpx.AsyncClient) -> None:
    body = form_of(*FIELDS, FILES[0], ("1", "big", b"x" * 3_000_000))
    announced = await send(http, body)

    async def pieces() -> Any:
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    chunked = await http.post("/graphql", content=pieces(), headers={"content-type": CONTENT_TYPE, **RICH})
    for response in (announced, chunked):
        assert (response.status_code, code_of(response)) == (413, "PAYLOAD_TOO_LARGE")


async def test_with_a_field_that_looks_like_boundaries_is_read_in_time(http: httpx.AsyncClient) -> None:
    started = time.thread_time()
    response = await send(http, form_of(("operations", None, b"\r" * 200_000), FIELDS[1], *FILES))
    assert code_of(response) == "BAD_REQUEST"
    response = await send(http, form_of(*FIELDS, FILES[0], ("1", "x", b"\r\n--frontie" * 200_000)))
    assert response.status_code == 200
    assert time.thread_time() - started < 5


async def parse(body: bytes, cuts: list[int], content_type: str = CONTENT_TYPE) -> tuple[Request, Form]:
    """Read a form that arrives cut at these places."""

    async def pieces() -> Any:
        edges = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
        for start, end in pairwise(edges):
            yield body[start:end]

    form = Form(field_limit=10_000, file_count=3, memory=64)
    try:
        return await form_request(content_type, pieces(), form), form
    except Turned:
        form.close()
        raise


@settings(max_examples=examples(150), deadline=None)
@given(contents=st.lists(st.binary(max_size=300), min_size=2, max_size=2), cuts=st.lists(st.integers(0), max_size=8))
def test_is_the_same_however_it_is_cut(contents: list[bytes], cuts: list[int]) -> None:
    body = form_of(("0", "a", contents[0]), *FIELDS, ("1", "b", contents[1]))
    if any(b"--frontier" in content for content in contents):
        return
    request, form = asyncio.run(parse(body, cuts))
    assert [upload.file.read() for upload in request.variables["files"]] == contents
    form.close()


@settings(max_examples=examples(300), deadline=None)
@given(
    cuts=st.lists(st.integers(0), max_size=4),
    changes=st.lists(st.tuples(st.integers(0), st.binary(max_size=6), st.integers(0, 20)), min_size=1, max_size=6),
)
def test_that_is_mutated_is_read_or_refused(cuts: list[int], changes: list[tuple[int, bytes, int]]) -> None:
    body = form_of(*FIELDS, *FILES)
    for place, inserted, removed in changes:
        at = place % (len(body) + 1)
        body = body[:at] + inserted + body[at + removed :]
    with suppress(Turned):
        _, form = asyncio.run(parse(body, cuts))
        form.close()
