"""Signing in by WeChat."""

import asyncio

import pytest
from sqlalchemy import select

from domain.accounts.models import AuthPayload, CodePurpose
from domain.accounts.phone_sign_in import PhoneProof
from domain.errors import BadUserInput, Conflict
from persistence.tables.accounts import users
from tests.accounts import ELSEWHERE, HERE, PHONE, World

OPENID = "oLi-weis_openid_0123456789ab"


async def wechat_login(world: World, openid: str = OPENID, phone: str | None = None) -> AuthPayload:
    code = f"code {len(world.wechat.codes)} of {openid}"
    world.wechat.codes[code] = openid
    phone_code = f"phone code of {phone}" if phone is not None else None
    if phone is not None and phone_code is not None:
        world.wechat.phones[phone_code] = phone
    return await world.accounts.wechat.login(code, phone_code, HERE)


async def test_a_new_wechat_user_gets_an_account_and_comes_back_to_it(world: World) -> None:
    first, again = await wechat_login(world), await wechat_login(world)
    assert (first.is_new_user, again.is_new_user) == (True, False)
    assert again.user.id == first.user.id
    assert (await wechat_login(world, "another")).user.id != first.user.id


async def test_a_used_code_is_refused(world: World) -> None:
    world.wechat.codes["once"] = OPENID
    await world.accounts.wechat.login("once", None, HERE)
    with pytest.raises(BadUserInput) as caught:
        await world.accounts.wechat.login("once", None, HERE)
    assert caught.value.field == "code"


async def test_the_first_sign_in_twice_at_once_makes_one_account(world: World) -> None:
    world.wechat.codes |= {f"code {n}": OPENID for n in range(6)}
    logins = [world.accounts.wechat.login(f"code {n}", None, HERE) for n in range(6)]
    payloads = await asyncio.gather(*logins)
    assert len({payload.user.id for payload in payloads}) == 1
    assert [payload.is_new_user for payload in payloads].count(True) == 1


async def test_a_proven_phone_leads_into_its_account(world: World) -> None:
    old = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    entered = await wechat_login(world, phone="+8613800138000")
    assert (entered.user.id, entered.is_new_user) == (old.user.id, False)
    assert (await wechat_login(world)).user.id == old.user.id


async def test_a_proven_phone_is_kept_with_a_new_account(world: World) -> None:
    made = await wechat_login(world, phone="+8613800138000")
    assert (made.is_new_user, made.user.phone) == (True, "138****8000")
    entered = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), ELSEWHERE)
    assert entered.user.id == made.user.id


async def test_a_phone_proven_later_is_added(world: World) -> None:
    made = await wechat_login(world)
    assert made.user.phone is None
    assert (await wechat_login(world, phone="+8613800138000")).user.phone == "138****8000"


async def test_a_phone_of_somebody_else_stays_with_them(world: World) -> None:
    mine = await wechat_login(world)
    other = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), ELSEWHERE)
    entered = await wechat_login(world, phone="+8613800138000")
    assert (entered.user.id, entered.user.phone) == (mine.user.id, None)
    assert (await world.user(other)) == other.user


async def test_a_phone_of_somebody_long_gone_does_not_lead_into_their_account(world: World) -> None:
    gone = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    world.clock.forward(days=181)
    made = await wechat_login(world, phone="+8613800138000")
    assert (made.is_new_user, made.user.phone) == (True, "138****8000")
    assert made.user.id != gone.user.id


async def test_binding_wechat_lets_one_sign_in_by_it(world: World) -> None:
    payload = await world.register()
    world.wechat.codes["bind"] = OPENID
    assert (await world.accounts.wechat.bind(world.viewer(payload), "bind")).id == payload.user.id
    assert (await wechat_login(world)).user.id == payload.user.id


async def test_binding_somebody_elses_wechat_is_a_conflict(world: World) -> None:
    owner = await wechat_login(world)
    payload = await world.register()
    world.wechat.codes["bind"] = OPENID
    with pytest.raises(Conflict):
        await world.accounts.wechat.bind(world.viewer(payload), "bind")
    assert (await wechat_login(world)).user.id == owner.user.id


async def test_a_phone_is_bound_by_wechats_button(world: World) -> None:
    payload = await world.register()
    world.wechat.phones["button"] = "+8613800138000"
    bound = await world.accounts.phone.bind(world.viewer(payload), PhoneProof(wechat_phone_code="button"), HERE)
    assert bound.phone == "138****8000"


async def test_no_openid_is_stored_in_the_clear(world: World) -> None:
    await wechat_login(world)
    async with world.database.reading() as connection:
        stored = repr((await connection.execute(select(users))).all())
    assert OPENID not in stored
