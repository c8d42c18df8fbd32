"""What docs/function.md says of every operation …"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from domain.viewer import CareRole
from schema import build_schema
from tests.api.client import Json, People, Person, new_key
from tests.api.function import ROLES, Operation, Things, operations, table, variables
from tests.api.keeping import parts_of, photo, send_form
from tests.api.roles import become
from tests.api.serving import Served
from tests.api.test_accounts import SET_ACCESS
from tests.api.test_sign_in import REFRESH

OPERATIONS = operations(build_schema()._schema)
TABLE = table()
ENDS_SIGN_INS = frozenset({"logout", "changePassword"})
STIR = "mutation { createSession { id } }"


@dataclass
class Cast:
    app: Served
    people: People
    admin: Person

    async def play(self, role: str) -> Person:
        """Somebody new in this role."""
        if role == "anonymous":
            return self.people.stranger()
        person = await self.people.patient()
        if role == "doctor":
            await become(self.app, person, CareRole.DOCTOR)
        elif role in ("admin", "superadmin"):
            await self.admin.ask(SET_ACCESS, id=person.id, role=role.upper())
        renewed = await self.people.stranger().ask(REFRESH, token=person.refresh_token)
        return self.people.signed_in(renewed["refreshToken"], person.username)


@pytest_asyncio.fixture(scope="module")
async def cast(app: Served, people: People, admin: Person) -> Cast:
    return Cast(app, people, admin)


@pytest_asyncio.fixture(scope="module")
async def actors(cast: Cast) -> AsyncIterator[dict[str, Person]]:
    yield {role: await cast.play(role) for role in ROLES}


def test_names_each_and_no_other() -> None:
    assert sorted(TABLE) == sorted(OPERATIONS), "add a row to docs/function.md"


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) & set(TABLE)))
async def test_is_so(cast: Cast, actors: dict[str, Person], name: str) -> None:
    operation = OPERATIONS[name]
    things = Things(actors["owner"], cast.admin, cast.people.patient)
    outcomes: dict[str, str] = {}
    given: Json | None = None
    for role in sorted(ROLES, key=lambda role: TABLE[name][role] == "may"):
        person = await cast.play(role) if name in ENDS_SIGN_INS else actors[role]
        if given is None or "may" in outcomes.values():  # then the things are used up
            given = await variables(operation, things, person)
        outcomes[role] = await outcome(person, operation, given)
    assert outcomes == TABLE[name]


async def outcome(person: Person, operation: Operation, given: Json) -> str:
    """`may`, or the code of a refusal that is about who is asking. Other faults are those of somebody who may."""
    if operation.kind == "subscription":
        answer = await first_event(person, operation, given)
    elif operation.name == "uploadImage":
        answer = (await send_form(person, parts_of(photo()))).json()
    else:
        answer = await person.send(operation.document(given), **given)
    codes = {error["extensions"]["code"] for error in answer.get("errors") or ()}
    assert not codes & {"INTERNAL_SERVER_ERROR", "GRAPHQL_VALIDATION_FAILED", "RATE_LIMITED"}, answer
    refused = codes & {"UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"}
    return refused.pop() if refused else "may"


async def first_event(person: Person, operation: Operation, given: Json) -> Json:
    """What a subscription says first, once something happens that it would tell."""
    async with person.socket() as socket, asyncio.timeout(10):
        payload = {"query": operation.document(given), "variables": given}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        hearing = asyncio.create_task(socket.recv())
        while person.token is not None and not hearing.done():
            await stir(person, given)  # until it is heard: the first time may come before the subscription began
            await asyncio.wait({hearing}, timeout=0.5)
        message: Json = json.loads(await hearing)
    return {"errors": message["payload"]} if message["type"] == "error" else message["payload"]


async def stir(person: Person, given: Json) -> None:
    await person.ask(STIR)
    if "sessionId" in given:
        said = {"sessionId": given["sessionId"], "text": "你好", "clientKey": new_key()}
        await person.send("mutation($input: SendTextInput!) { sendText(input: $input) { duplicate } }", input=said)
