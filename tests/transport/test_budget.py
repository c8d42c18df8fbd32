"""The budget for new documents: a payer…"""

import time

import pytest

from tests.loopback import plain_client
from tests.transport.conftest import served
from tests.transport.toy import PLENTY, World, make_app
from transport.budget import PAYERS, Allowance, Budget
from transport.ports import Refused

ONE_DOCUMENT = Allowance(burst=0, share=0.1)
LITTLE = Allowance(burst=0.01, share=0.1)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def work(budget: Budget, payer: str, seconds: float = 0.02, failing: bool = False) -> None:
    """Raises Refused when nothing is left before the work."""
    with budget.spending(payer):
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass
        1 / (not failing)


def test_is_refused_until_enough_has_come_back() -> None:
    clock = Clock()
    budget = Budget(LITTLE, PLENTY, clock)
    work(budget, "a")
    with pytest.raises(Refused) as refused:
        work(budget, "a")
    assert refused.value.code == "RATE_LIMITED"
    wait = refused.value.extensions["retryAfterMs"]
    assert isinstance(wait, int)
    assert 100 <= wait < 1000
    clock.now = wait / 1000 - 0.01
    with pytest.raises(Refused):
        work(budget, "a")
    clock.now = wait / 1000
    work(budget, "a")


def test_does_not_pay_for_others() -> None:
    budget = Budget(LITTLE, PLENTY, Clock())
    work(budget, "a")
    work(budget, "b")


def test_pays_for_work_that_fails() -> None:
    budget = Budget(LITTLE, PLENTY, Clock())
    with pytest.raises(ZeroDivisionError):
        work(budget, "a", failing=True)
    with pytest.raises(Refused):
        work(budget, "a")


def test_is_refused_when_all_together_have_spent_too_much() -> None:
    budget = Budget(PLENTY, LITTLE, Clock())
    work(budget, "a")
    with pytest.raises(Refused):
        work(budget, "b")


def test_is_forgotten_when_there_are_too_many() -> None:
    budget = Budget(LITTLE, PLENTY)
    for number in range(PAYERS + 5):
        work(budget, str(number), 0)
    assert len(budget._accounts) == PAYERS


async def test_is_stopped_from_ordering_work_without_end(world: World) -> None:
    budget = Budget(ONE_DOCUMENT, PLENTY, Clock())
    async with (
        served(make_app(world, budget=budget)) as address,
        plain_client(f"http://{address}") as http,
    ):
        invalid = await http.post("/graphql", json={"query": "{ hello(name: [1]) }"})
        assert invalid.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert (await http.post("/graphql", json={"query": "{ user }"})).status_code == 429
        for _ in range(2):
            known = await http.post("/graphql", json={"query": "{ hello }"}, headers={"authorization": "somebody"})
            assert known.json()["data"] == {"hello": "你好，世界"}
        assert (await http.post("/graphql", json={"query": "{ hello }"})).json()["data"] == {"hello": "你好，世界"}
