"""Signing in by username and password, on PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import FromClause, func, select

from domain.accounts.sign_in import Registration
from domain.accounts.tickets import DEVICES_KEPT
from domain.clock import new_id
from domain.errors import BadUserInput, Conflict, Unauthenticated
from domain.viewer import AccessRole
from persistence.tables.accounts import devices, refresh_tokens, users
from tests.accounts import HERE, PASSWORD, World


async def count(world: World, table: FromClause) -> int:
    async with world.database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def test_a_new_user_is_signed_in_and_found_again(world: World) -> None:
    payload = await world.register("Li.Wei")
    assert payload.is_new_user
    viewer = world.viewer(payload)
    assert viewer.user_id == payload.user.id
    assert await world.reads.users([new_id(), payload.user.id]) == [None, payload.user]
    [[device]] = await world.reads.devices([payload.user.id])
    assert (device.id, device.name) == (viewer.device_id, "iPhone")


async def test_a_username_is_taken_in_any_case_and_width(world: World) -> None:
    await world.register("Li.Wei")
    for same in ("li.wei", "LI.WEI", "ｌｉ.ｗｅｉ"):
        with pytest.raises(Conflict) as caught:
            await world.register(same)
        assert caught.value.field == "username"
    assert [await count(world, table) for table in (users, devices, refresh_tokens)] == [1, 1, 1]


async def test_one_of_many_registrations_of_a_name_wins(world: World) -> None:
    tries = [world.register("same") for _ in range(10)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AuthPayload"] + ["Conflict"] * 9
    assert await count(world, users) == 1


@pytest.mark.parametrize("username", ["", "ab", "x" * 33, "13800138000", "a b c", "a\x00b", "a\ud800b", "<script>"])
async def test_a_bad_username_is_refused(world: World, username: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await world.register(username)
    assert caught.value.field == "username"


@pytest.mark.parametrize("password", ["", "short", "x" * 129, "surrogate \ud800"])
async def test_a_bad_password_is_refused(world: World, password: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await world.accounts.sign_in.register(Registration("li.wei", password), HERE)
    assert caught.value.field == "password"


async def test_the_right_password_signs_in(world: World) -> None:
    made = await world.register()
    payload = await world.login(" LI.wei", PASSWORD)
    assert (payload.user.id, payload.is_new_user) == (made.user.id, False)


@pytest.mark.parametrize(
    ("username", "password"), [("li.wei", "wrong"), ("nobody", PASSWORD), ("\x00", PASSWORD), ("li.wei", "\ud800")]
)
async def test_a_wrong_password_and_an_unknown_user_sound_alike(world: World, username: str, password: str) -> None:
    await world.register()
    with pytest.raises(Unauthenticated) as caught:
        await world.login(username, password)
    assert caught.value.zh == "用户名或密码错误"
    assert await count(world, devices) == 1


async def test_refresh_rotates(world: World) -> None:
    first = await world.register()
    second = await world.renew(first)
    world.clock.forward(hours=1)
    third = await world.renew(second)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    viewers = [world.viewer(payload) for payload in (first, third)]
    assert viewers[0].device_id == viewers[1].device_id


async def test_a_reply_lost_on_a_bad_network_is_given_again(world: World) -> None:
    first = await world.register()
    lost = await world.renew(first)
    world.clock.forward(seconds=29)
    again = await world.renew(first)
    assert again.refresh_token == lost.refresh_token
    world.clock.forward(hours=1)
    await world.renew(again)
    assert await count(world, refresh_tokens) == 3


async def test_asking_again_does_not_prolong_the_grace(world: World) -> None:
    first = await world.register()
    for _ in range(3):
        await world.renew(first)
        world.clock.forward(seconds=8)
    await world.renew(first)
    world.clock.forward(seconds=7)
    with pytest.raises(Unauthenticated):
        await world.renew(first)


async def test_reuse_after_the_grace_ends_the_family_and_no_other(world: World) -> None:
    stolen = await world.register()
    other = await world.login()
    current = await world.renew(stolen)
    world.clock.forward(seconds=31)
    for token in (stolen.refresh_token, current.refresh_token):
        with pytest.raises(Unauthenticated):
            await world.accounts.renewal.renew(token, HERE)
    await world.renew(other)


async def test_two_devices_refresh_side_by_side_without_a_false_alarm(world: World) -> None:
    one = await world.register()
    two = await world.login()

    async def refresh(token: str) -> str:
        for _ in range(20):
            answers = await asyncio.gather(*(world.accounts.renewal.renew(token, HERE) for _ in range(5)))
            assert len({answer.refresh_token for answer in answers}) == 1
            token = answers[0].refresh_token
        return token

    ends = await asyncio.gather(refresh(one.refresh_token), refresh(two.refresh_token))
    assert ends[0] != ends[1]
    assert [len(found) for found in await world.reads.devices([one.user.id])] == [2]


async def test_an_unused_refresh_token_expires(world: World) -> None:
    payload = await world.register()
    world.clock.forward(days=31)
    with pytest.raises(Unauthenticated):
        await world.renew(payload)


@pytest.mark.parametrize("token", ["", "nonsense", "\ud800", "x" * 100_000])
async def test_an_unknown_refresh_token_is_refused(world: World, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await world.accounts.renewal.renew(token, HERE)


async def test_logout_ends_this_device_only(world: World) -> None:
    one = await world.register()
    two = await world.login()
    await world.accounts.sign_out.logout(world.viewer(one), all_devices=False)
    with pytest.raises(Unauthenticated):
        world.viewer(one)
    with pytest.raises(Unauthenticated):
        await world.renew(one)
    world.viewer(two)
    await world.renew(two)


async def test_logout_of_all_devices_ends_each_but_not_the_next_sign_in(world: World) -> None:
    one = await world.register()
    two = await world.login()
    await world.accounts.sign_out.logout(world.viewer(one), all_devices=True)
    for payload in (one, two):
        with pytest.raises(Unauthenticated):
            world.viewer(payload)
        with pytest.raises(Unauthenticated):
            await world.renew(payload)
    again = await world.login()
    world.viewer(again)


async def test_the_oldest_sign_in_gives_way(world: World) -> None:
    oldest = await world.register()
    for _ in range(DEVICES_KEPT):
        await world.login()
    [found] = await world.reads.devices([oldest.user.id])
    assert len(found) == DEVICES_KEPT
    with pytest.raises(Unauthenticated):
        await world.renew(oldest)


async def test_the_first_admin_may_everything(world: World) -> None:
    assert not await world.accounts.sign_in.has_superadmin()
    admin = await world.accounts.sign_in.create_admin("admin", PASSWORD)
    assert await world.accounts.sign_in.has_superadmin()
    payload = await world.login("admin", PASSWORD)
    viewer = world.viewer(payload)
    assert (viewer.user_id, viewer.access_role) == (admin.id, AccessRole.SUPERADMIN)
    with pytest.raises(Conflict):
        await world.accounts.sign_in.create_admin("ADMIN", PASSWORD)


async def test_nothing_secret_is_stored_in_the_clear(world: World) -> None:
    first = await world.register()
    second = await world.renew(first)
    stored = ""
    async with world.database.reading() as connection:
        for table in (users, devices, refresh_tokens):
            stored += "\n".join(map(repr, (await connection.execute(select(table))).all()))
    for secret in (PASSWORD, first.access_token, first.refresh_token, second.refresh_token):
        assert secret not in stored
    assert "$argon2id$" in stored
