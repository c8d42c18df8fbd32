"""Signing in by codes sent to phones."""

import asyncio

import pytest
from sqlalchemy import select

from domain.accounts.models import CodePurpose
from domain.accounts.people import Person
from domain.accounts.phone_sign_in import PhoneProof
from domain.accounts.sign_in import Registration
from domain.errors import BadUserInput, Conflict, DomainError, NotFound, RateLimited, Unauthenticated, UpstreamTimeout
from persistence.tables.accounts import users, verification_codes
from tests.accounts import ELSEWHERE, HERE, PASSWORD, PHONE, World

OTHER_PHONE = "13900139000"


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_a_new_phone_gets_an_account_and_an_old_one_enters_it(world: World) -> None:
    first = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    world.clock.forward(seconds=61)
    again = await world.accounts.phone.login("+86 138 0013 8000", await world.code(CodePurpose.LOGIN), ELSEWHERE)
    assert (first.is_new_user, again.is_new_user) == (True, False)
    assert again.user.id == first.user.id
    assert again.user.phone == "138****8000"


async def test_a_code_is_six_digits_for_the_whole_number(world: World) -> None:
    code = await world.code(CodePurpose.LOGIN)
    assert world.messages.sent == [("+8613800138000", code)]
    assert len(code) == 6
    assert code.isdigit()


async def test_registering_with_all_four_signs_in_either_way(world: World) -> None:
    code = await world.code(CodePurpose.REGISTER)
    person = Person(nickname="李薇", age=40)
    asked = Registration("li.wei", PASSWORD, PHONE, code, person)
    made = await world.accounts.sign_in.register(asked, HERE)
    assert (made.user.username, made.user.phone, made.user.nickname) == ("li.wei", "138****8000", "李薇")
    for name in ("li.wei", PHONE, "+8613800138000"):
        assert (await world.login(name)).user.id == made.user.id


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Registration(), "username"),
        (Registration(username="li.wei"), "password"),
        (Registration(phone=PHONE), "smsCode"),
        (Registration(phone=PHONE, sms_code="123456", username="li.wei"), "password"),
        (Registration(phone="12345", sms_code="123456"), "phone"),
        (Registration(phone="+14155552671", sms_code="123456"), "phone"),
    ],
)
async def test_registering_says_what_is_missing(world: World, asked: Registration, field: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await world.accounts.sign_in.register(asked, HERE)
    assert caught.value.field == field


@pytest.mark.parametrize("wrong", ["000000 ", "abcdef", "", "１２３４５６", "\ud800", "1" * 1000])
async def test_a_wrong_code_is_refused(world: World, wrong: str) -> None:
    await world.code(CodePurpose.LOGIN)
    with pytest.raises(BadUserInput) as caught:
        await world.accounts.phone.login(PHONE, wrong, HERE)
    assert caught.value.field == "smsCode"


async def test_a_code_is_good_once(world: World) -> None:
    code = await world.code(CodePurpose.LOGIN)
    await world.accounts.phone.login(PHONE, code, HERE)
    with pytest.raises(BadUserInput):
        await world.accounts.phone.login(PHONE, code, HERE)


async def test_of_many_at_once_with_one_code_one_gets_in(world: World) -> None:
    code = await world.code(CodePurpose.LOGIN)
    tries = [world.accounts.phone.login(PHONE, code, HERE) for _ in range(8)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AuthPayload"] + ["BadUserInput"] * 7


async def test_a_code_expires_after_five_minutes(world: World) -> None:
    code = await world.code(CodePurpose.LOGIN)
    world.clock.forward(minutes=5, seconds=1)
    with pytest.raises(BadUserInput):
        await world.accounts.phone.login(PHONE, code, HERE)


async def test_a_code_bears_five_tries(world: World) -> None:
    code = await world.code(CodePurpose.LOGIN)
    for _ in range(5):
        with pytest.raises(BadUserInput):
            await world.accounts.phone.login(PHONE, other(code), HERE)
    with pytest.raises(BadUserInput):
        await world.accounts.phone.login(PHONE, code, HERE)


@pytest.mark.parametrize("purpose", [CodePurpose.REGISTER, CodePurpose.BIND_PHONE, CodePurpose.RESET_PASSWORD])
async def test_a_code_is_good_for_its_purpose_only(world: World, purpose: CodePurpose) -> None:
    code = await world.code(purpose)
    with pytest.raises(BadUserInput):
        await world.accounts.phone.login(PHONE, code, HERE)


async def test_a_code_is_good_for_its_phone_only(world: World) -> None:
    code = await world.code(CodePurpose.LOGIN)
    with pytest.raises(BadUserInput):
        await world.accounts.phone.login(OTHER_PHONE, code, HERE)


async def test_a_phone_gets_one_code_a_minute(world: World) -> None:
    await world.code(CodePurpose.LOGIN)
    with pytest.raises(RateLimited) as caught:
        await world.accounts.codes.send("+8613800138000", CodePurpose.REGISTER, ELSEWHERE.address)
    assert 50_000 < (caught.value.retry_after_ms or 0) <= 60_000
    await world.code(CodePurpose.LOGIN, OTHER_PHONE)
    assert len(world.messages.sent) == 2


async def test_what_the_sender_says_reaches_the_caller(world: World) -> None:
    world.messages.failure = UpstreamTimeout("短信服务没有回应", "No answer.")
    with pytest.raises(UpstreamTimeout):
        await world.code(CodePurpose.LOGIN)


async def test_guessing_codes_from_one_address_ends_but_not_from_another(world: World) -> None:
    refusals: list[type[DomainError]] = []
    code = await world.code(CodePurpose.LOGIN, OTHER_PHONE)
    for number in range(1_000):
        with pytest.raises(DomainError) as caught:
            await world.accounts.phone.login(f"138{number:08}", "123456", HERE)
        refusals.append(caught.type)
    assert refusals == [BadUserInput] * 50 + [RateLimited] * 950
    assert (await world.accounts.phone.login(OTHER_PHONE, code, ELSEWHERE)).is_new_user


async def test_registering_a_phone_that_has_an_account_is_a_conflict(world: World) -> None:
    made = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    world.clock.forward(seconds=61)
    code = await world.code(CodePurpose.REGISTER)
    with pytest.raises(Conflict) as caught:
        await world.accounts.sign_in.register(Registration(phone=PHONE, sms_code=code), HERE)
    assert caught.value.field == "phone"
    assert (await world.user(made)) == made.user


async def test_a_number_of_somebody_long_gone_is_not_let_into_their_account(world: World) -> None:
    gone = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    world.clock.forward(days=181)
    login = await world.code(CodePurpose.LOGIN, visitor=ELSEWHERE)
    with pytest.raises(Conflict, match="not used for half a year"):
        await world.accounts.phone.login(PHONE, login, ELSEWHERE)
    world.clock.forward(seconds=61)
    reset = await world.code(CodePurpose.RESET_PASSWORD, visitor=ELSEWHERE)
    with pytest.raises(Conflict, match="not used for half a year"):
        await world.accounts.password.reset(PHONE, reset, PASSWORD, ELSEWHERE)
    world.clock.forward(seconds=61)
    code = await world.code(CodePurpose.REGISTER, visitor=ELSEWHERE)
    new = await world.accounts.sign_in.register(Registration(phone=PHONE, sms_code=code), ELSEWHERE)
    assert new.user.id != gone.user.id
    left = await world.user(gone)
    assert left is not None
    assert left.phone is None


async def test_binding_a_phone_lets_one_sign_in_by_it(world: World) -> None:
    payload = await world.register()
    code = await world.code(CodePurpose.BIND_PHONE)
    bound = await world.accounts.phone.bind(world.viewer(payload), PhoneProof(PHONE, code), HERE)
    assert (bound.id, bound.phone) == (payload.user.id, "138****8000")
    world.clock.forward(seconds=61)
    entered = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    assert entered.user.id == payload.user.id


async def test_binding_somebody_elses_phone_is_a_conflict(world: World) -> None:
    await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    payload = await world.register()
    world.clock.forward(seconds=61)
    code = await world.code(CodePurpose.BIND_PHONE)
    with pytest.raises(Conflict):
        await world.accounts.phone.bind(world.viewer(payload), PhoneProof(PHONE, code), HERE)
    assert (await world.user(payload)) == payload.user


async def test_a_new_phone_replaces_the_old_one(world: World) -> None:
    payload = await world.register()
    for phone in (PHONE, OTHER_PHONE):
        code = await world.code(CodePurpose.BIND_PHONE, phone)
        await world.accounts.phone.bind(world.viewer(payload), PhoneProof(phone, code), HERE)
    world.clock.forward(seconds=61)
    entered = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    assert entered.is_new_user


@pytest.mark.parametrize("proof", [PhoneProof(), PhoneProof(PHONE), PhoneProof(None, "123456")])
async def test_binding_needs_a_phone_and_its_proof(world: World, proof: PhoneProof) -> None:
    payload = await world.register()
    with pytest.raises(BadUserInput):
        await world.accounts.phone.bind(world.viewer(payload), proof, HERE)


async def test_a_password_is_reset_by_phone_and_every_sign_in_ends(world: World) -> None:
    payload = await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    world.clock.forward(seconds=61)
    code = await world.code(CodePurpose.RESET_PASSWORD)
    reset = await world.accounts.password.reset(PHONE, code, "a new password", HERE)
    with pytest.raises(Unauthenticated):
        world.viewer(payload)
    with pytest.raises(Unauthenticated):
        await world.renew(payload)
    assert world.viewer(reset).user_id == payload.user.id
    assert (await world.login(PHONE, "a new password")).user.id == payload.user.id


async def test_a_reset_says_that_no_account_has_the_phone_only_to_its_owner(world: World) -> None:
    code = await world.code(CodePurpose.RESET_PASSWORD)
    with pytest.raises(BadUserInput):
        await world.accounts.password.reset(PHONE, other(code), PASSWORD, HERE)
    with pytest.raises(NotFound):
        await world.accounts.password.reset(PHONE, code, PASSWORD, HERE)


async def test_neither_phone_nor_code_is_stored_in_the_clear(world: World) -> None:
    await world.accounts.phone.login(PHONE, await world.code(CodePurpose.LOGIN), HERE)
    world.clock.forward(seconds=61)
    code = await world.code(CodePurpose.RESET_PASSWORD)
    async with world.database.reading() as connection:
        rows = [(await connection.execute(select(table))).all() for table in (users, verification_codes)]
    stored = repr(rows)
    assert "138****8000" in stored
    for secret in (PHONE, "+8613800138000", code):
        assert secret not in stored
