"""Guessing passwords."""

import asyncio
from dataclasses import replace

import pytest

from domain.accounts.models import CodePurpose, Visitor
from domain.errors import DomainError, RateLimited, Unauthenticated
from tests.accounts import ELSEWHERE, HERE, World


async def refusals(world: World, username: str, times: int, visitor: Visitor = HERE) -> list[str]:
    found: list[str] = []
    for _ in range(times):
        with pytest.raises(DomainError) as caught:
            await world.login(username, "wrong", visitor)
        found.append(caught.type.__name__)
    return found


async def test_a_thousand_wrong_passwords_from_one_address_are_refused_after_ten(world: World) -> None:
    await world.register(visitor=ELSEWHERE)
    assert await refusals(world, "li.wei", 290) == ["Unauthenticated"] * 10 + ["RateLimited"] * 280
    rest = [world.login(password="wrong") for _ in range(710)]
    assert {type(outcome) for outcome in await asyncio.gather(*rest, return_exceptions=True)} == {RateLimited}
    assert (await world.login(visitor=ELSEWHERE)).user.username == "li.wei"


async def test_the_right_password_is_no_way_out_of_the_limit(world: World) -> None:
    await world.register(visitor=ELSEWHERE)
    await refusals(world, "li.wei", 10)
    with pytest.raises(RateLimited):
        await world.login()


async def test_many_at_once_do_not_slip_through(world: World) -> None:
    await world.register(visitor=ELSEWHERE)
    tries = [world.login(password="wrong") for _ in range(100)]
    outcomes = [type(outcome) for outcome in await asyncio.gather(*tries, return_exceptions=True)]
    assert outcomes.count(RateLimited) >= 89
    assert outcomes.count(Unauthenticated) <= 11


async def test_trying_many_names_from_one_address_ends_too(world: World) -> None:
    found = [(await refusals(world, f"user.{number}", 1))[0] for number in range(60)]
    assert found == ["Unauthenticated"] * 50 + ["RateLimited"] * 10


async def test_an_unknown_name_is_limited_like_a_known_one(world: World) -> None:
    await world.register(visitor=ELSEWHERE)
    assert await refusals(world, "nobody", 15) == await refusals(world, "li.wei", 15)


async def test_signing_in_to_another_account_does_not_buy_more_tries(world: World) -> None:
    await world.register(visitor=ELSEWHERE)
    await world.register("mallory")
    for _ in range(5):
        await refusals(world, "li.wei", 2)
        await world.login("mallory")
    assert await refusals(world, "li.wei", 1) == ["RateLimited"]


async def test_a_network_of_guessers_cannot_lock_the_owner_out(world: World) -> None:
    await world.register(visitor=ELSEWHERE)
    for number in range(1, 6):
        await refusals(world, "li.wei", 7, Visitor(f"203.0.113.{number}"))
    assert await refusals(world, "li.wei", 1, Visitor("203.0.113.99")) == ["RateLimited"]
    assert (await world.login(visitor=ELSEWHERE)).user.username == "li.wei"


async def test_the_lock_of_an_account_ends_by_itself(world: World) -> None:
    await world.register(visitor=ELSEWHERE)
    for number in range(1, 6):
        await refusals(world, "li.wei", 7, Visitor(f"203.0.113.{number}"))
    with pytest.raises(RateLimited) as caught:
        await world.login()
    assert (caught.value.retry_after_ms or 0) <= 15 * 60_000
    world.clock.forward(minutes=15)
    assert (await world.login()).user.username == "li.wei"


async def test_an_ipv6_client_counts_as_its_whole_network(world: World) -> None:
    await world.register(visitor=ELSEWHERE)
    for number in range(10):
        await refusals(world, "li.wei", 1, replace(HERE, address=f"2001:db8:1:2::{number:x}"))
    assert await refusals(world, "li.wei", 1, Visitor("2001:db8:1:2:ffff::1")) == ["RateLimited"]
    assert await refusals(world, "li.wei", 1, Visitor("2001:db8:1:3::1")) == ["Unauthenticated"]


async def test_the_same_work_is_done_for_an_unknown_user(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By counting what is hashed: a comparison of times on a busy machine tells nothing."""
    await world.register()
    await world.accounts.phone.login("13800138000", await world.code(CodePurpose.LOGIN), HERE)
    hashed: list[str] = []
    hasher = world.accounts.sign_in.passwords._hasher
    verify = hasher.verify

    def counted(stored: str, password: bytes) -> bool:
        hashed.append(stored.rpartition("$")[0].rpartition("$")[0])
        return verify(stored, password)

    monkeypatch.setattr(world.accounts.sign_in.passwords, "_hasher", _Counting(counted))
    for name in ("li.wei", "nobody", "\x00", "13800138000", "13900139000"):
        await refusals(world, name, 1)
    assert len(hashed) == 5
    assert len(set(hashed)) == 1


class _Counting:
    def __init__(self, verify: object) -> None:
        self.verify = verify
