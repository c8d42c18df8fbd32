"""Revoked tokens and refused guesses, with several processes on one database: …"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tests.api.client import LOGIN, People, Person, http_client
from tests.api.serving import Served, served
from tests.api.test_accounts import SET_ACTIVE, SET_CARE
from tests.api.test_sign_in import CHANGE, ME, REFRESH


@asynccontextmanager
async def another_process(app: Served, **changes: object) -> AsyncIterator[People]:
    """A second one on the same database and Redis."""
    settings = app.application._settings.model_copy(update=changes)
    async with served(settings) as other, http_client(other.port) as http:
        yield People(other.port, http)


@pytest.mark.parametrize("how", ["logout", "everywhere", "disabled", "role", "password"])
async def test_revocation_reaches_another_process_and_its_sockets_within_a_second(
    app: Served, people: People, admin: Person, how: str
) -> None:
    person = await people.patient()
    async with another_process(app) as elsewhere:
        there = Person(elsewhere.port, elsewhere.stranger().http, person.token)
        async with there.socket() as socket:
            assert (await there.ask(ME))["me"]["id"] == person.id
            await revoke(how, person, admin)
            async with asyncio.timeout(1):
                await socket.wait_closed()
            assert socket.close_code == 4403
        assert (await there.refused(ME)).code == "UNAUTHENTICATED"


async def revoke(how: str, person: Person, admin: Person) -> None:
    if how == "logout":
        await person.ask("mutation { logout }")
    elif how == "everywhere":
        await person.ask("mutation { logout(allDevices: true) }")
    elif how == "disabled":
        await admin.ask(SET_ACTIVE, id=person.id, on=False)
    elif how == "role":
        await admin.ask(SET_CARE, id=person.id, role="DOCTOR")
    else:
        await person.ask(CHANGE, old="correct horse", new="a new password")


async def test_the_end_of_a_token_ends_its_socket(app: Served, people: People) -> None:
    person = await people.patient()
    async with another_process(app, access_token_seconds=2) as elsewhere:
        payload = await elsewhere.stranger().ask(LOGIN, username=person.username, password="correct horse")
        brief = elsewhere.signed_in(payload["login"])
        async with brief.socket() as socket:
            async with asyncio.timeout(5):
                await socket.wait_closed()
            assert socket.close_code == 4403
        assert (await brief.refused(ME)).code == "UNAUTHENTICATED"
        again = await elsewhere.stranger().ask(REFRESH, token=brief.refresh_token)
        assert (await elsewhere.signed_in(again["refreshToken"]).ask(ME))["me"]["id"] == person.id


async def test_guessing_is_refused_with_the_time_to_wait(app: Served, people: People) -> None:
    person = await people.patient()
    async with another_process(app, shared_networks="", trusted_proxies="127.0.0.1") as elsewhere:
        http = elsewhere.stranger().http
        answers = [await guess(http, person.username, "198.51.100.7") for _ in range(12)]
        assert [code(answer) for answer in answers] == ["UNAUTHENTICATED"] * 10 + ["RATE_LIMITED"] * 2
        refused = answers[-1].json()["errors"][0]
        assert 590_000 < refused["extensions"]["retryAfterMs"] <= 600_000
        assert refused["message"] == "操作太频繁，请稍后再试"
        assert 590 < int(answers[-1].headers["retry-after"]) <= 600
        entered = await guess(http, person.username, "203.0.113.9", "correct horse")
        assert entered.json()["data"]["login"]["user"]["id"] == person.id


async def test_an_address_that_the_caller_wrote_is_not_believed(app: Served, people: People) -> None:
    person = await people.patient()
    async with another_process(app, shared_networks="") as elsewhere:
        http = elsewhere.stranger().http
        answers = [await guess(http, person.username, f"198.51.100.{number}") for number in range(12)]
    assert [code(answer) for answer in answers] == ["UNAUTHENTICATED"] * 10 + ["RATE_LIMITED"] * 2


async def guess(http: httpx.AsyncClient, username: str, address: str, password: str = "wrong") -> httpx.Response:
    body = {"query": LOGIN, "variables": {"username": username, "password": password}}
    return await http.post("/graphql", json=body, headers={"x-forwarded-for": address})


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["errors"][0]["extensions"]["code"]
    return found


DEAR = "{ users(first: 100) { nodes { id username phone nickname fullName gender birthDate age careRole isActive } } }"


async def test_an_address_has_a_budget_and_is_told_when_to_come_back(app: Served) -> None:
    async with another_process(app, shared_networks="") as elsewhere:
        http = elsewhere.stranger().http
        answers = [await http.post("/graphql", json={"query": DEAR}) for _ in range(20)]
    codes = [code(answer) for answer in answers]
    assert codes == ["UNAUTHENTICATED"] * 18 + ["RATE_LIMITED"] * 2
    assert [answer.status_code for answer in answers[-3:]] == [200, 429, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
