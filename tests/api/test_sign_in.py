"""Every way to sign in, against WeChat and Tencent Cloud as they speak."""

import asyncio
import itertools

import pytest

from tests.api.client import Json, People, Person
from tests.api.vendors import Vendors

AUTH = """accessToken accessExpiresAt refreshToken refreshExpiresAt isNewUser
  user { id username phone nickname age devices { name current } }"""
SEND_CODE = """mutation SendCode($phone: String!, $purpose: CodePurpose!) {
  sendVerificationCode(phone: $phone, purpose: $purpose)
}"""
REGISTER = f"mutation Register($input: RegisterInput!) {{ register(input: $input) {{ {AUTH} }} }}"
LOGIN = f"""mutation Login($username: String!, $password: String!) {{
  login(username: $username, password: $password) {{ {AUTH} }}
}}"""
BY_PHONE = f"""mutation ByPhone($phone: String!, $code: String!) {{
  loginWithPhone(phone: $phone, smsCode: $code) {{ {AUTH} }}
}}"""
BY_WECHAT = f"""mutation ByWechat($code: String!, $phone: String) {{
  loginWithWechat(code: $code, phoneCode: $phone) {{ {AUTH} }}
}}"""
REFRESH = f"mutation($token: String!) {{ refreshToken(refreshToken: $token) {{ {AUTH} }} }}"
RESET = f"""mutation($phone: String!, $code: String!, $new: String!) {{
  resetPassword(phone: $phone, smsCode: $code, new: $new) {{ {AUTH} }}
}}"""
CHANGE = f"mutation($old: String, $new: String!) {{ changePassword(old: $old, new: $new) {{ {AUTH} }} }}"
BIND_PHONE = """mutation($phone: String, $code: String, $wechat: String) {
  bindPhone(phone: $phone, smsCode: $code, wechatPhoneCode: $wechat) { id phone }
}"""
ME = "{ me { id username phone } }"
PASSWORD = "correct horse"
NUMBERS = itertools.count()


def openid() -> str:
    return f"o{next(NUMBERS):027}"


def masked(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}"


async def code_for(stranger: Person, vendors: Vendors, phone: str, purpose: str) -> str:
    assert (await stranger.ask(SEND_CODE, phone=phone, purpose=purpose))["sendVerificationCode"] is True
    return vendors.code_sent_to(phone)


async def test_registering_by_phone_and_signing_in_each_way(people: People, vendors: Vendors) -> None:
    stranger, phone = people.stranger(), vendors.new_phone()
    code = await code_for(stranger, vendors, phone, "REGISTER")
    given = {
        "username": f"u{phone}",
        "password": PASSWORD,
        "phone": phone,
        "smsCode": code,
        "nickname": "小李",
        "age": 40,
    }
    made = (await stranger.ask(REGISTER, input=given))["register"]
    assert made["isNewUser"] is True
    assert (made["user"]["phone"], made["user"]["age"], made["user"]["nickname"]) == (masked(phone), 40, "小李")
    for name in (f"U{phone}", phone, f"+86 {phone}"):
        entered = (await stranger.ask(LOGIN, username=name, password=PASSWORD))["login"]
        assert (entered["user"]["id"], entered["isNewUser"]) == (made["user"]["id"], False)
    assert len(entered["user"]["devices"]) == 4
    assert [device["current"] for device in entered["user"]["devices"]].count(True) == 1


async def test_a_phone_enters_by_its_code(people: People, vendors: Vendors) -> None:
    stranger, phone = people.stranger(), vendors.new_phone()
    code = await code_for(stranger, vendors, phone, "LOGIN")
    wrong = await stranger.refused(BY_PHONE, phone=phone, code=f"{(int(code) + 1) % 1_000_000:06}")
    assert (wrong.code, wrong.field, wrong.message) == ("BAD_USER_INPUT", "smsCode", "验证码错误或已过期")
    made = (await stranger.ask(BY_PHONE, phone=phone, code=code))["loginWithPhone"]
    assert (made["isNewUser"], made["user"]["phone"]) == (True, masked(phone))
    assert (await people.signed_in(made).ask(ME))["me"]["phone"] == masked(phone)
    assert (await stranger.refused(BY_PHONE, phone=phone, code=code)).field == "smsCode"


@pytest.mark.parametrize("purpose", ["REGISTER", "LOGIN", "BIND_PHONE", "RESET_PASSWORD"])
async def test_asking_for_a_code_tells_nothing_of_the_phone(people: People, vendors: Vendors, purpose: str) -> None:
    stranger, known, unknown = people.stranger(), vendors.new_phone(), vendors.new_phone()
    given = {"code": vendors.wechat.code(openid()), "phone": vendors.wechat.phone_code(known)}
    await stranger.ask(BY_WECHAT, **given)
    answers = [await stranger.send(SEND_CODE, phone=phone, purpose=purpose) for phone in (known, unknown)]
    assert answers[0] == answers[1]
    assert [number for number, _ in vendors.sms.sent[-2:]] == [f"+86{known}", f"+86{unknown}"]


async def test_wechat_enters_with_and_without_a_phone(people: People, vendors: Vendors) -> None:
    stranger, phone, user = people.stranger(), vendors.new_phone(), openid()
    made = (await stranger.ask(BY_WECHAT, code=vendors.wechat.code(user)))["loginWithWechat"]
    assert (made["isNewUser"], made["user"]["phone"], made["user"]["username"]) == (True, None, None)
    given = {"code": vendors.wechat.code(user), "phone": vendors.wechat.phone_code(phone)}
    again = (await stranger.ask(BY_WECHAT, **given))["loginWithWechat"]
    assert (again["isNewUser"], again["user"]["phone"]) == (False, masked(phone))
    assert again["user"]["id"] == made["user"]["id"]


async def test_wechat_with_the_phone_of_an_account_enters_it(people: People, vendors: Vendors) -> None:
    stranger, phone = people.stranger(), vendors.new_phone()
    code = await code_for(stranger, vendors, phone, "LOGIN")
    made = (await stranger.ask(BY_PHONE, phone=phone, code=code))["loginWithPhone"]
    given = {"code": vendors.wechat.code(openid()), "phone": vendors.wechat.phone_code(phone)}
    entered = (await stranger.ask(BY_WECHAT, **given))["loginWithWechat"]
    assert (entered["user"]["id"], entered["isNewUser"]) == (made["user"]["id"], False)


async def test_binding_wechat_and_a_phone(people: People, patient: Person, vendors: Vendors) -> None:
    user, phone, other = openid(), vendors.new_phone(), vendors.new_phone()
    bound = await patient.ask("mutation($c: String!) { bindWechat(code: $c) { id } }", c=vendors.wechat.code(user))
    assert bound["bindWechat"]["id"] == patient.id
    code = await code_for(patient, vendors, phone, "BIND_PHONE")
    assert (await patient.ask(BIND_PHONE, phone=phone, code=code))["bindPhone"]["phone"] == masked(phone)
    by_button = await patient.ask(BIND_PHONE, wechat=vendors.wechat.phone_code(other))
    assert by_button["bindPhone"]["phone"] == masked(other)
    entered = (await people.stranger().ask(BY_WECHAT, code=vendors.wechat.code(user)))["loginWithWechat"]
    assert entered["user"]["id"] == patient.id


async def test_a_forgotten_password_is_reset_by_phone(people: People, vendors: Vendors) -> None:
    stranger, phone = people.stranger(), vendors.new_phone()
    made = await stranger.ask(BY_WECHAT, code=vendors.wechat.code(openid()), phone=vendors.wechat.phone_code(phone))
    old = people.signed_in(made["loginWithWechat"])
    code = await code_for(stranger, vendors, phone, "RESET_PASSWORD")
    reset = (await stranger.ask(RESET, phone=phone, code=code, new="a new password"))["resetPassword"]
    assert reset["user"]["id"] == old.id
    assert (await old.refused(ME)).code == "UNAUTHENTICATED"
    entered = (await stranger.ask(LOGIN, username=phone, password="a new password"))["login"]
    assert entered["user"]["id"] == old.id


async def test_changing_the_password_gives_new_tokens_and_ends_the_old(people: People, patient: Person) -> None:
    wrong = await patient.refused(CHANGE, old="wrong", new="a new password")
    assert (wrong.code, wrong.field) == ("BAD_USER_INPUT", "old")
    changed = (await patient.ask(CHANGE, old=PASSWORD, new="a new password"))["changePassword"]
    assert (await patient.refused(ME)).code == "UNAUTHENTICATED"
    assert (await people.signed_in(changed).ask(ME))["me"]["id"] == patient.id


async def test_refreshing_rotates_and_says_until_when(people: People, patient: Person) -> None:
    renewed = (await people.stranger().ask(REFRESH, token=patient.refresh_token))["refreshToken"]
    assert renewed["refreshToken"] != patient.refresh_token
    assert renewed["accessExpiresAt"] < renewed["refreshExpiresAt"]
    assert (await people.signed_in(renewed).ask(ME))["me"]["id"] == patient.id
    refused = await people.stranger().refused(REFRESH, token="nonsense")
    assert (refused.code, refused.message) == ("UNAUTHENTICATED", "登录已失效，请重新登录")


async def test_two_phones_refresh_a_hundred_times_side_by_side(people: People, patient: Person) -> None:
    other = (await people.stranger().ask(LOGIN, username=patient.username, password=PASSWORD))["login"]

    async def refresh(token: str) -> None:
        for _ in range(50):
            token = (await people.stranger().ask(REFRESH, token=token))["refreshToken"]["refreshToken"]

    await asyncio.gather(refresh(patient.refresh_token), refresh(other["refreshToken"]))
    assert len((await patient.ask("{ me { devices { id } } }"))["me"]["devices"]) == 2


WECHAT_FAILURES = [
    ("jscode2session", [-1, -1], "UPSTREAM_UNAVAILABLE", None),
    ("jscode2session", [40029], "BAD_USER_INPUT", "code"),
    ("jscode2session", [40163], "BAD_USER_INPUT", "code"),
    ("jscode2session", [41008], "BAD_USER_INPUT", "code"),
    ("jscode2session", [45011], "RATE_LIMITED", None),
    ("jscode2session", [40226], "FORBIDDEN", None),
    ("jscode2session", [40013], "UPSTREAM_UNAVAILABLE", None),
    ("jscode2session", [40125], "UPSTREAM_UNAVAILABLE", None),
    ("jscode2session", [41002], "UPSTREAM_UNAVAILABLE", None),
    ("jscode2session", [41004], "UPSTREAM_UNAVAILABLE", None),
    ("jscode2session", [99999], "UPSTREAM_UNAVAILABLE", None),
    ("getuserphonenumber", [40029], "BAD_USER_INPUT", "phoneCode"),
    ("getuserphonenumber", [40163], "BAD_USER_INPUT", "phoneCode"),
    ("getuserphonenumber", [40164], "UPSTREAM_UNAVAILABLE", None),
    ("getuserphonenumber", [45009], "UPSTREAM_UNAVAILABLE", None),
    ("getuserphonenumber", [40001, 40001], "UPSTREAM_UNAVAILABLE", None),
]


async def test_every_failure_of_wechat_has_its_own_words(people: People, vendors: Vendors) -> None:
    seen: dict[str, tuple[str, list[int]]] = {}
    for api, errcodes, code, field in WECHAT_FAILURES:
        vendors.wechat.deny(api, *errcodes)
        given = {"code": vendors.wechat.code(openid()), "phone": vendors.wechat.phone_code(vendors.new_phone())}
        refusal = await people.stranger().refused(BY_WECHAT, **given)
        assert (refusal.code, refusal.field) == (code, field), (api, errcodes)
        assert any("一" <= char <= "鿿" for char in refusal.message)
        assert vendors.wechat.secret not in refusal.message
        assert seen.setdefault(refusal.message, (api, errcodes)) == (api, errcodes)


SMS_FAILURES = [
    ("LimitExceeded.PhoneNumberThirtySecondLimit", "RATE_LIMITED", None),
    ("LimitExceeded.PhoneNumberOneHourLimit", "RATE_LIMITED", None),
    ("LimitExceeded.PhoneNumberDailyLimit", "RATE_LIMITED", None),
    ("LimitExceeded.DeliveryFrequencyLimit", "RATE_LIMITED", None),
    ("RequestLimitExceeded", "RATE_LIMITED", None),
    ("FailedOperation.SignatureIncorrectOrUnapproved", "UPSTREAM_UNAVAILABLE", None),
    ("FailedOperation.TemplateIncorrectOrUnapproved", "UPSTREAM_UNAVAILABLE", None),
    ("FailedOperation.InsufficientBalanceInSmsPackage", "UPSTREAM_UNAVAILABLE", None),
    ("InvalidParameterValue.TemplateParameterFormatError", "UPSTREAM_UNAVAILABLE", None),
    ("InvalidParameterValue.SdkAppIdNotExist", "UPSTREAM_UNAVAILABLE", None),
    ("UnauthorizedOperation.RequestIpNotInWhitelist", "UPSTREAM_UNAVAILABLE", None),
    ("AuthFailure.SecretIdNotFound", "UPSTREAM_UNAVAILABLE", None),
    ("InternalError.Timeout", "UPSTREAM_TIMEOUT", None),
    ("FailedOperation.PhoneNumberInBlacklist", "BAD_USER_INPUT", "phone"),
    ("InvalidParameterValue.IncorrectPhoneNumber", "BAD_USER_INPUT", "phone"),
]


async def test_every_failure_of_text_messages_has_its_own_words(people: People, vendors: Vendors) -> None:
    seen: dict[str, str] = {}
    for failure, code, field in SMS_FAILURES:
        vendors.sms.deny(failure)
        refusal = await people.stranger().refused(SEND_CODE, phone=vendors.new_phone(), purpose="LOGIN")
        assert (refusal.code, refusal.field) == (code, field), failure
        assert any("一" <= char <= "鿿" for char in refusal.message)
        assert seen.setdefault(refusal.message, failure) == failure


async def test_wechat_that_does_not_answer_is_said(people: People, vendors: Vendors) -> None:
    code = vendors.wechat.code(openid())
    vendors.wechat.refuse()
    try:
        refusal = await people.stranger().refused(BY_WECHAT, code=code)
    finally:
        vendors.wechat.listen()
    assert refusal.code == "UPSTREAM_UNAVAILABLE"
    assert "微信" in refusal.message


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "username"),
        ({"username": "li.wei"}, "password"),
        ({"username": "13800138000", "password": PASSWORD}, "username"),
        ({"username": "li.wei", "password": "short"}, "password"),
        ({"phone": "13800138000"}, "smsCode"),
        ({"username": "li.wei9", "password": PASSWORD, "age": -1}, "age"),
        ({"username": "li.wei9", "password": PASSWORD, "birthDate": "2999-01-01"}, "birthDate"),
        ({"username": "li.wei9", "password": PASSWORD, "nickname": "x" * 51}, "nickname"),
    ],
)
async def test_registering_says_which_field_is_at_fault(people: People, given: Json, field: str) -> None:
    refusal = await people.stranger().refused(REGISTER, input=given)
    assert (refusal.code, refusal.field) == ("BAD_USER_INPUT", field)


async def test_errors_are_in_english_for_who_asks(people: People) -> None:
    stranger = people.stranger()
    body = {"query": LOGIN, "variables": {"username": "nobody", "password": "wrong"}}
    answer = await stranger.http.post("/graphql", json=body, headers={"accept-language": "en-GB,en;q=0.9"})
    assert answer.json()["errors"][0]["message"] == "Wrong username or password."
