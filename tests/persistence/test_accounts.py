"""Signing in by username and password, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from domain.accounts.service import Accounts
from domain.accounts.tickets import DEVICES_KEPT
from domain.clock import new_id
from domain.errors import BadUserInput, Conflict, Unauthenticated
from domain.viewer import AccessRole
from persistence.engine import Database
from persistence.tables.accounts import devices, refresh_tokens, users
from tests.accounts import NOBODY, PASSWORD, opened
from tests.clock import MovedClock


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def world(database_dsn: str, clock: MovedClock) -> AsyncIterator[tuple[Accounts, Database]]:
    async with opened(database_dsn, clock) as both:
        yield both


@pytest.fixture
def accounts(world: tuple[Accounts, Database]) -> Accounts:
    return world[0]


@pytest.fixture
def database(world: tuple[Accounts, Database]) -> Database:
    return world[1]


async def count(database: Database, table: object) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


async def test_a_new_user_is_signed_in_and_found_again(accounts: Accounts) -> None:
    payload = await accounts.sign_in.register("Li.Wei", PASSWORD, NOBODY, "iPhone")
    assert payload.is_new_user
    viewer = accounts.authenticator.viewer(payload.access_token)
    assert viewer.user_id == payload.user.id
    assert await accounts.reads.users([new_id(), payload.user.id]) == [None, payload.user]
    [[device]] = await accounts.reads.devices([payload.user.id])
    assert (device.id, device.name) == (viewer.device_id, "iPhone")


async def test_a_username_is_taken_in_any_case_and_width(accounts: Accounts, database: Database) -> None:
    await accounts.sign_in.register("Li.Wei", PASSWORD, NOBODY, None)
    for same in ("li.wei", "LI.WEI", "ｌｉ.ｗｅｉ"):
        with pytest.raises(Conflict) as caught:
            await accounts.sign_in.register(same, PASSWORD, NOBODY, None)
        assert caught.value.field == "username"
    assert [await count(database, table) for table in (users, devices, refresh_tokens)] == [1, 1, 1]


async def test_one_of_many_registrations_of_a_name_wins(accounts: Accounts, database: Database) -> None:
    tries = [accounts.sign_in.register("same", PASSWORD, NOBODY, None) for _ in range(10)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AuthPayload"] + ["Conflict"] * 9
    assert await count(database, users) == 1


@pytest.mark.parametrize("username", ["", "ab", "x" * 33, "13800138000", "a b c", "a\x00b", "a\ud800b", "<script>"])
async def test_a_bad_username_is_refused(accounts: Accounts, username: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await accounts.sign_in.register(username, PASSWORD, NOBODY, None)
    assert caught.value.field == "username"


@pytest.mark.parametrize("password", ["", "short", "x" * 129, "surrogate \ud800"])
async def test_a_bad_password_is_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await accounts.sign_in.register("li.wei", password, NOBODY, None)
    assert caught.value.field == "password"


async def test_the_right_password_signs_in(accounts: Accounts) -> None:
    made = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    payload = await accounts.sign_in.login(" LI.wei", PASSWORD, None)
    assert (payload.user.id, payload.is_new_user) == (made.user.id, False)


@pytest.mark.parametrize(
    ("username", "password"), [("li.wei", "wrong"), ("nobody", PASSWORD), ("\x00", PASSWORD), ("li.wei", "\ud800")]
)
async def test_a_wrong_password_and_an_unknown_user_sound_alike(
    accounts: Accounts, database: Database, username: str, password: str
) -> None:
    await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    with pytest.raises(Unauthenticated) as caught:
        await accounts.sign_in.login(username, password, None)
    assert caught.value.zh == "用户名或密码错误"
    assert await count(database, devices) == 1


async def test_refresh_rotates(accounts: Accounts, clock: MovedClock) -> None:
    first = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    second = await accounts.renewal.renew(first.refresh_token)
    clock.forward(hours=1)
    third = await accounts.renewal.renew(second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    viewers = [accounts.authenticator.viewer(payload.access_token) for payload in (first, third)]
    assert viewers[0].device_id == viewers[1].device_id


async def test_a_reply_lost_on_a_bad_network_is_given_again(
    accounts: Accounts, clock: MovedClock, database: Database
) -> None:
    first = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    lost = await accounts.renewal.renew(first.refresh_token)
    clock.forward(seconds=29)
    again = await accounts.renewal.renew(first.refresh_token)
    assert again.refresh_token == lost.refresh_token
    clock.forward(hours=1)
    await accounts.renewal.renew(again.refresh_token)
    assert await count(database, refresh_tokens) == 3


async def test_reuse_after_the_grace_ends_the_family_and_no_other(accounts: Accounts, clock: MovedClock) -> None:
    stolen = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    other = await accounts.sign_in.login("li.wei", PASSWORD, None)
    current = await accounts.renewal.renew(stolen.refresh_token)
    clock.forward(seconds=31)
    for token in (stolen.refresh_token, current.refresh_token):
        with pytest.raises(Unauthenticated):
            await accounts.renewal.renew(token)
    await accounts.renewal.renew(other.refresh_token)


async def test_two_devices_refresh_side_by_side_without_a_false_alarm(accounts: Accounts) -> None:
    one = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    two = await accounts.sign_in.login("li.wei", PASSWORD, None)

    async def refresh(token: str) -> str:
        for _ in range(20):
            answers = await asyncio.gather(*(accounts.renewal.renew(token) for _ in range(5)))
            assert len({answer.refresh_token for answer in answers}) == 1
            token = answers[0].refresh_token
        return token

    ends = await asyncio.gather(refresh(one.refresh_token), refresh(two.refresh_token))
    assert ends[0] != ends[1]
    assert [len(found) for found in await accounts.reads.devices([one.user.id])] == [2]


async def test_an_unused_refresh_token_expires(accounts: Accounts, clock: MovedClock) -> None:
    payload = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    clock.forward(days=31)
    with pytest.raises(Unauthenticated):
        await accounts.renewal.renew(payload.refresh_token)


@pytest.mark.parametrize("token", ["", "nonsense", "\ud800", "x" * 100_000])
async def test_an_unknown_refresh_token_is_refused(accounts: Accounts, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await accounts.renewal.renew(token)


async def test_logout_ends_this_device_only(accounts: Accounts) -> None:
    one = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    two = await accounts.sign_in.login("li.wei", PASSWORD, None)
    await accounts.sign_in.logout(accounts.authenticator.viewer(one.access_token), all_devices=False)
    with pytest.raises(Unauthenticated):
        accounts.authenticator.viewer(one.access_token)
    with pytest.raises(Unauthenticated):
        await accounts.renewal.renew(one.refresh_token)
    accounts.authenticator.viewer(two.access_token)
    await accounts.renewal.renew(two.refresh_token)


async def test_logout_of_all_devices_ends_each_but_not_the_next_sign_in(accounts: Accounts) -> None:
    one = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    two = await accounts.sign_in.login("li.wei", PASSWORD, None)
    await accounts.sign_in.logout(accounts.authenticator.viewer(one.access_token), all_devices=True)
    for payload in (one, two):
        with pytest.raises(Unauthenticated):
            accounts.authenticator.viewer(payload.access_token)
        with pytest.raises(Unauthenticated):
            await accounts.renewal.renew(payload.refresh_token)
    again = await accounts.sign_in.login("li.wei", PASSWORD, None)
    accounts.authenticator.viewer(again.access_token)


async def test_the_oldest_sign_in_gives_way(accounts: Accounts) -> None:
    oldest = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    for _ in range(DEVICES_KEPT):
        await accounts.sign_in.login("li.wei", PASSWORD, None)
    [found] = await accounts.reads.devices([oldest.user.id])
    assert len(found) == DEVICES_KEPT
    with pytest.raises(Unauthenticated):
        await accounts.renewal.renew(oldest.refresh_token)


async def test_the_first_admin_may_everything(accounts: Accounts) -> None:
    assert not await accounts.sign_in.has_superadmin()
    admin = await accounts.sign_in.create_admin("admin", PASSWORD)
    assert await accounts.sign_in.has_superadmin()
    payload = await accounts.sign_in.login("admin", PASSWORD, None)
    viewer = accounts.authenticator.viewer(payload.access_token)
    assert (viewer.user_id, viewer.access_role) == (admin.id, AccessRole.SUPERADMIN)
    with pytest.raises(Conflict):
        await accounts.sign_in.create_admin("ADMIN", PASSWORD)


async def test_nothing_secret_is_stored_in_the_clear(accounts: Accounts, database: Database) -> None:
    first = await accounts.sign_in.register("li.wei", PASSWORD, NOBODY, None)
    second = await accounts.renewal.renew(first.refresh_token)
    stored = ""
    async with database.reading() as connection:
        for table in (users, devices, refresh_tokens):
            stored += "\n".join(map(repr, (await connection.execute(select(table))).all()))
    for secret in (PASSWORD, first.access_token, first.refresh_token, second.refresh_token):
        assert secret not in stored
    assert "$argon2id$" in stored
