"""Over the real schema, the real database and random operations, compiled results are those of graphql-core."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, OperationType, parse, validate

from domain.limits import Networks
from persistence.limits import RateLimits
from resolvers.serving import Caller, Reception
from schema import build_schema
from tests.api.client import People, Person, new_key
from tests.api.keeping import photo, upload
from tests.api.serving import Served
from tests.api.test_books import publish
from tests.api.test_files import PDF
from tests.compiled.equality import Comparison
from tests.compiled.generate import Generated, Generator
from transport.ports import Connection, Operation

pytestmark = pytest.mark.slow

OPERATIONS = 240
NEVER_THE_SAME_TWICE = frozenset(
    {
        "Query.logs",
        "Query.logStats",
        "Query.metrics",
        "Query.serverTime",
        "SystemStatus.uptimeSeconds",
        "Check.latencyMs",
        "EventPage.cursor",
        "EventPage.hasMore",
        "Query.replyProgress",
        "File.url",
        "TreasureBook.fileUrl",
    }
)
BEGUN = Operation("query", "Op", "", 0, "test")
DOCUMENTS = Path(__file__).parents[2] / "clients" / "miniprogram" / "documents.json"
DIFFERS_EACH_TIME = frozenset({"Changes", "Start"})  # a clock, a cursor of now
SEND = """mutation Send($input: SendTextInput!) { sendText(input: $input) { session { id } reply { id } } }"""
CURSORS = """query Cursors($id: ID!) { session(id: $id) { messages { edges { cursor } } }
  me { sessions { edges { cursor } } } }"""
CONFIGS = "query Configs { apiConfigs { id } dialogConfigs { id } }"


class World(NamedTuple):
    """Who asks, and what for."""

    callers: list[Caller]
    samples: dict[str, list[Any]]


@pytest_asyncio.fixture(scope="module")
async def world(app: Served, people: People, admin: Person) -> World:
    patient, other = await people.patient(), await people.patient()
    mine = [await said(patient, "你好"), await said(patient, "我头疼"), await said(patient, "再见")]
    foreign = await said(other, "别人的话")
    reception = Reception(app.house.services, app.house.reads, True, Networks(), RateLimits())
    callers = [await caller(reception, each) for each in (patient, patient, other, admin, admin, people.stranger())]
    return World(callers, await samples(patient, admin, mine, foreign))


async def said(person: Person, text: str) -> str:
    """The session of a text whose reply is over."""
    sent = await person.ask(SEND, input={"text": text, "clientKey": new_key(), "wait": True})
    session: str = sent["sendText"]["session"]["id"]
    return session


async def caller(reception: Reception, person: Person) -> Caller:
    authorization = f"Bearer {person.token}" if person.token else None
    return await reception.open(Connection({}, "127.0.0.1", authorization, "zh", "test", False))


async def samples(patient: Person, admin: Person, mine: list[str], foreign: str) -> dict[str, list[Any]]:
    cursors = await patient.ask(CURSORS, id=mine[0])
    known = [edge["cursor"] for edge in cursors["session"]["messages"]["edges"] + cursors["me"]["sessions"]["edges"]]
    configs = await admin.ask(CONFIGS)
    file = await upload(patient, photo())
    paper = await upload(admin, PDF, "TREASURE_BOOK")
    books = [await publish(admin, "a", fileUrl=None, fileId=paper["id"]), await publish(admin, "b", published=False)]
    strange = [str(uuid.uuid4()), "malformed", ""]
    messages = [f"{session}.{seq}" for session in mine for seq in (1, 2)]
    return {
        "Message.id": messages,
        "Query.session.id": [*mine, *mine, foreign, *strange],
        "sessionId": [*mine, *mine, foreign, *strange],
        "Query.user.id": [patient.id, patient.id, admin.id, *strange],
        "Query.message.id": [*messages, *messages, f"{foreign}.1", f"{mine[0]}.99", *strange],
        "messageId": [*messages, *messages, f"{foreign}.1", f"{mine[0]}.99", *strange],
        "Query.apiConfig.id": [each["id"] for each in configs["apiConfigs"]] + strange,
        "Query.treasureBook.id": [*(book["id"] for book in books), *strange],
        "Query.file.id": [file["id"], file["id"], *strange],
        "Query.dialogConfig.id": [each["id"] for each in configs["dialogConfigs"]] + strange,
        "id": [*mine, foreign, *strange],
        "after": [None, None, *known, "nonsense"],
        "before": [None, None, *known, "nonsense"],
        "first": [None, 1, 2, 3, 20, 20, 0, 1000],
        "last": [None, None, None, 1, 2, 0],
        "text": ["你", "头", "", "%"],
        "waitMs": [0],
    }


def variables_for(node: OperationDefinitionNode, samples: dict[str, list[Any]]) -> dict[str, Any]:
    """The first sample for each variable without a default that has one."""
    name = node.name.value if node.name else ""
    names = [each.variable.name.value for each in node.variable_definitions or () if each.default_value is None]
    found = {each: samples.get(f"{name}.{each}") or samples.get(each) for each in names}
    return {each: values[0] for each, values in found.items() if values}


def queries_of_the_mini_program(schema: GraphQLSchema) -> Iterator[tuple[DocumentNode, OperationDefinitionNode]]:
    for text in json.loads(DOCUMENTS.read_text()).values():
        document = parse(text)
        nodes = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        if nodes[0].operation is OperationType.QUERY and not validate(schema, document):
            yield document, nodes[0]


async def test_the_queries_of_the_mini_program_run_compiled(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    schema, caller = build_schema(), world.callers[0]
    seen: Counter[str] = Counter()
    for document, node in queries_of_the_mini_program(schema._schema):
        name = node.name.value if node.name else ""
        generated = Generated(name, document, node, [variables_for(node, world.samples)])
        (compared,) = await Comparison(schema, partial(caller.begin, BEGUN), name).compare(generated)
        if name not in DIFFERS_EACH_TIME:
            assert compared.actual == compared.expected, name
        assert compared.was_compiled or compared.has_errors, name
        seen.update(all=1, compiled=compared.was_compiled)
    with capsys.disabled():
        print("\n ", dict(seen))  # noqa: T201
    assert seen["compiled"] >= 0.7 * seen["all"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seed", range(2))
async def test_every_result_has_the_same_bytes(world: World, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    schema, random = build_schema(), Random(seed)
    generator = Generator(schema._schema, random, world.samples, NEVER_THE_SAME_TWICE)
    seen: Counter[str] = Counter()
    for _ in range(OPERATIONS // 2):
        generated, asking = generator.operation(), random.choice(world.callers)
        for compared in await Comparison(schema, partial(asking.begin, BEGUN), times_vary=True).compare(generated):
            assert compared.actual == compared.expected, (generated.text, generated.variables)
            missed = not (compared.was_compiled or compared.has_errors)
            seen.update(all=1, compiled=compared.was_compiled, errors=compared.has_errors, missed=missed)
    with capsys.disabled():
        print("\n ", dict(seen))  # noqa: T201
    assert seen["compiled"] > 0.2 * seen["all"]
    assert seen["missed"] < 0.02 * seen["all"]
