"""What is sent by chance to a real server …"""

from collections.abc import AsyncIterator
from random import Random

import httpx
import pytest
import pytest_asyncio

from tests.fuzz.__main__ import settle
from tests.fuzz.judging import WORDS_OF_ANOTHER, Verdict
from tests.fuzz.operations import Operations
from tests.fuzz.people import ROLES, Crowd, crowd
from tests.fuzz.sending import Fuzzer

SEED = 20
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module")
async def people(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crowd]:
    async with crowd(tmp_path_factory.mktemp("fuzz")) as running:
        yield running


@pytest.fixture
def fuzzer(people: Crowd) -> Fuzzer:
    return Fuzzer(people, Operations(people.known), Verdict(), Random(SEED))


@pytest.mark.parametrize("role", ROLES)
async def test_is_answered_when_it_is_any_operation_of_the_schema(fuzzer: Fuzzer, role: str) -> None:
    await fuzzer.crowd.renew(role)
    await fuzzer.schema(role)
    await settle(fuzzer.crowd, fuzzer.verdict)
    assert fuzzer.verdict.findings == []
    assert sum(fuzzer.verdict.counts.values()) > 70
    assert fuzzer.verdict.codes["fine"] > 0


@pytest.mark.parametrize("role", ROLES)
async def test_is_answered_when_any_text_in_it_is_one_that_postgresql_does_not_store(fuzzer: Fuzzer, role: str) -> None:
    await fuzzer.crowd.renew(role)
    await fuzzer.places(role, "x\x00y")
    await settle(fuzzer.crowd, fuzzer.verdict)
    assert fuzzer.verdict.findings == []
    assert fuzzer.verdict.codes["BAD_USER_INPUT"] > 50


@pytest.mark.parametrize("role", ROLES)
async def test_tells_nothing_of_another(fuzzer: Fuzzer, role: str) -> None:
    await fuzzer.crowd.renew(role)
    await fuzzer.reads(role)
    await settle(fuzzer.crowd, fuzzer.verdict)
    assert fuzzer.verdict.findings == []
    assert fuzzer.verdict.codes["fine"] > 20


async def test_is_answered_or_closed_when_it_is_mutated(fuzzer: Fuzzer) -> None:
    await fuzzer.flood()
    for _ in range(60):
        await fuzzer.once()
    await settle(fuzzer.crowd, fuzzer.verdict)
    assert fuzzer.verdict.findings == []
    assert set(fuzzer.verdict.counts) == {
        *("bodies of 24 MB", "frames", "mutated documents", "mutated forms", "random bodies", "requests on the wire"),
    }


GOOD = '{"errors":[{"message":"no","extensions":{"code":"NOT_FOUND"}}]}'


@pytest.mark.parametrize(
    ("status", "text", "finding"),
    [
        (200, GOOD, None),
        (500, GOOD, "status 500"),
        (200, GOOD.replace("no", f"of {WORDS_OF_ANOTHER}"), "somebody else's words"),
        (200, GOOD.replace("no", "asyncpg.exceptions.UndefinedTableError"), "something internal"),
        (200, GOOD.replace("no", "in /work/wellmate"), "something internal"),
        (200, GOOD.replace("NOT_FOUND", "INTERNAL_SERVER_ERROR"), "unforeseen"),
        (200, GOOD.replace("code", "kode"), "an error without a code"),
        (200, '{"errors":"no"}', "an error without a code"),
    ],
)
async def test_is_judged(status: int, text: str, finding: str | None) -> None:
    verdict = Verdict()
    response = httpx.Response(status, headers={"content-type": "application/json"}, text=text)
    verdict.answer(response, "sent", of_admin=False)
    assert [found.split("\n")[0] for found in verdict.findings] == ([finding] if finding else [])


@pytest.mark.parametrize(("code", "findings"), [(4400, 0), (1000, 0), (1006, 1), (None, 1)])
async def test_is_judged_on_a_socket(code: int | None, findings: int) -> None:
    verdict = Verdict()
    verdict.closed(code, "sent")
    assert len(verdict.findings) == findings
