"""Good requests made a little wrong, and plain noise; everything follows from the `random.Random` that is given."""

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from graphql import NameNode, OperationDefinitionNode, parse

PIECES: tuple[bytes, ...] = (
    *(b"{", b"}", b"[" * 300, b'"', b'"""', b"\\", b"$x", b"@skip(if: true)", b"...", b"#", b"\r\n", b"--", b"%00"),
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", "字".encode(), b"\xf0\x9f\x98\x80", b"'", b";"),
    *(b"null", b"true", b"-0", b"1e999", b"NaN", b"9" * 400, b"2147483648", b"-1", b"first: 1000000", b"first: 0"),
    *(b"fragment F on Query { ...F }", b"__schema { types { name } }", b"__typename", b"subscription", b"mutation"),
    *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b'filename="x"', b'"id":"1"', b'"payload":[]'),
)
VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        2**31,
        2**70,
        0.1,
        "",
        "x",
        "\x00",
        "\ud800",
        "字" * 50,
        "2026-02-30",
        "2026-02-03T09:30:00+08:00",
    ),
    *([], {}, [[]], [None], {"a": 1}, "70", "1e999", "a" * 5000, "00000000-0000-0000-0000-000000000000"),
)
Mutation = Callable[[Random, bytes], bytes]


def mutated(rng: Random, data: bytes) -> bytes:
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        data = rng.choice(MUTATIONS)(rng, data)
    return data


def _flip(rng: Random, data: bytes) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _cut(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def _double(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 1, 2, 50)) + data[end:]


def _insert(rng: Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(PIECES) + data[at:]


def _noise(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + rng.randbytes(rng.randint(1, 20)) + data[end:]


def _truncate(rng: Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _double, _insert, _insert, _noise, _truncate)


def _span(rng: Random, data: bytes) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, min(len(data), start + rng.choice((1, 4, 16, 64)))


def request(rng: Random, documents: Sequence[str], known: Sequence[str]) -> dict[str, Any]:
    """One of the documents with variables of any kind, ids that exist among them."""
    document = rng.choice(documents)
    names = [
        definition.variable.name
        for node in parse(document).definitions
        if isinstance(node, OperationDefinitionNode)
        for definition in node.variable_definitions or ()
    ]
    return {"query": document, "variables": {name.value: value(rng, name, known) for name in names}}


def value(rng: Random, name: NameNode, known: Sequence[str]) -> Any:
    if rng.random() < 0.2:
        return rng.choice(VALUES)
    if name.value == "input":
        return {key: rng.choice((*VALUES, *known)) for key in rng.sample(FIELDS, rng.randint(0, 4))}
    if name.value in {"first", "last", "days"}:
        return rng.randint(1, 20)
    return rng.choice(known) if rng.random() < 0.7 else rng.choice(VALUES)


FIELDS = (
    *("text", "clientKey", "sessionId", "wait", "assistant", "title", "body", "kind", "tags", "fileIds", "nickname"),
    *("metric", "value", "effectiveAt", "note", "username", "password", "locale", "name", "type", "baseUrl"),
)


def document(rng: Random, documents: Sequence[str], known: Sequence[str]) -> bytes:
    """The body of a request: its document or all of it mutated, or only its variables strange."""
    good = request(rng, documents, known)
    match rng.randrange(3):
        case 0:
            good["query"] = mutated(rng, good["query"].encode()).decode("utf-8", "replace")
        case 1:
            return mutated(rng, json.dumps(good).encode())
    return json.dumps(good).encode()


def frame(rng: Random, documents: Sequence[str], known: Sequence[str]) -> str | bytes:
    number = str(rng.randint(1, 4))
    kind = rng.choice(("subscribe", "subscribe", "subscribe", "complete", "ping", "pong", "connection_init", "next"))
    message: dict[str, Any] = {"id": number, "type": kind}
    if kind == "subscribe":
        message["payload"] = request(rng, documents, known)
    match rng.randrange(4):
        case 0:
            message[rng.choice(("id", "type", "payload"))] = rng.choice(VALUES)
        case 1:
            return mutated(rng, json.dumps(message).encode()).decode("utf-8", "replace")
        case 2 if rng.random() < 0.3:
            return rng.randbytes(rng.randint(0, 200))
    return json.dumps(message)


def form(rng: Random, picture: bytes) -> bytes:
    """What `multipart/form-data; boundary=x` holds."""
    query = "mutation($file: Upload!) { uploadImage(file: $file) { id } }"
    operations: Any = {"query": query, "variables": {"file": None}}
    places: Any = {"0": ["variables.file"]}
    if rng.random() < 0.2:
        operations = rng.choice((*VALUES, [operations], {"query": query}))
    if rng.random() < 0.2:
        places = rng.choice((*VALUES, {"0": ["variables.file.0"]}, {"0": ["query"]}, {"9": ["variables.file"]}))
    parts = [
        b'name="operations"\r\n\r\n' + json.dumps(operations).encode(),
        b'name="map"\r\n\r\n' + json.dumps(places).encode(),
        b'name="0"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + mutated(rng, picture),
    ]
    if rng.random() < 0.2:
        rng.shuffle(parts)
    body = b"".join(b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--x--\r\n"
    return mutated(rng, body) if rng.random() < 0.7 else body


def head(rng: Random) -> bytes:
    """A whole request, on the wire."""
    body = b'{"query":"{ __typename }"}'
    lines = [
        rng.choice(
            (b"POST /graphql", b"GET /graphql?query={__typename}", b"GET /healthz", b"PUT /files/x", b"OPTIONS /")
        ),
        b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n",
        b"Content-Length: %d\r\n\r\n" % len(body),
        body,
    ]
    return mutated(rng, b"".join(lines))
