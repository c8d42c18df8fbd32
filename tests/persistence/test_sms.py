"""A code by SMS ..."""

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from domain.accounts.ports import SmsSender
from domain.errors import BadUserInput, DomainError, RateLimited, UpstreamTimeout, UpstreamUnavailable
from persistence.sms.aliyun import AliyunSms, AliyunSmsSettings
from persistence.sms.log import LogSms
from persistence.sms.signing import KeyPair, acs3_authorization, acs3_query, tc3_authorization
from persistence.sms.tencent import TencentSms, TencentSmsSettings
from persistence.wire import Wire
from tests.clock import MovedClock
from tests.standins import faults
from tests.standins.aliyun_sms import AliyunSmsCloud
from tests.standins.tencent_sms import TencentSmsCloud

PHONE = "+8613800138000"
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
Cloud = TencentSmsCloud | AliyunSmsCloud


@pytest.fixture(scope="module")
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as wire:
        yield wire


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def tencent(clock: MovedClock) -> Iterator[TencentSmsCloud]:
    with TencentSmsCloud(clock=clock) as cloud:
        yield cloud


@pytest.fixture
def aliyun(clock: MovedClock) -> Iterator[AliyunSmsCloud]:
    with AliyunSmsCloud(clock=clock) as cloud:
        yield cloud


@pytest.fixture(params=["tencent", "aliyun"])
def cloud(request: pytest.FixtureRequest) -> Cloud:
    cloud: Cloud = request.getfixturevalue(request.param)
    return cloud


def sender(cloud: Cloud, wire: Wire, clock: MovedClock, **changes: object) -> SmsSender:
    if isinstance(cloud, TencentSmsCloud):
        keys = KeyPair(cloud.secret_id, cloud.secret_key)
        given = {"keys": keys, "app_id": cloud.app_id, "sign_name": cloud.sign_name, "template_id": cloud.template_id}
        settings = TencentSmsSettings(**{**given, "url": f"{cloud.url}/", "timeout_s": 0.5, **changes})  # type: ignore[arg-type]
        return TencentSms(wire, settings, clock)
    keys = KeyPair(cloud.access_key_id, cloud.access_key_secret)
    given = {"keys": keys, "sign_name": cloud.sign_name, "template_code": cloud.template_code}
    options = AliyunSmsSettings(**{**given, "url": f"{cloud.url}/", "timeout_s": 0.5, **changes})  # type: ignore[arg-type]
    return AliyunSms(wire, options, clock)


def test_is_signed_for_tencent_as_the_vendor_signs() -> None:
    made = tc3_authorization(KeyPair("AKIDtest", "sk"), "sms.tencentcloudapi.com", b"{}", 1_700_000_000)
    assert made == (
        "TC3-HMAC-SHA256 Credential=AKIDtest/2023-11-14/sms/tc3_request, SignedHeaders=content-type;host, "
        "Signature=90b85143ccde87a48ea0a548c6c89b4cd16fccde898ce7227fd44ac8f528f2a4"
    )


def test_is_signed_for_aliyun_as_the_vendor_signs() -> None:
    """The example of the vendor's page on V3 requests and their signature."""
    query = acs3_query({"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"})
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY_SHA256,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    made = acs3_authorization(KeyPair("YourAccessKeyId", "YourAccessKeySecret"), query, headers)
    assert made == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


async def test_arrives_from_tencent(tencent: TencentSmsCloud, wire: Wire, clock: MovedClock) -> None:
    await sender(tencent, wire, clock).send_code(PHONE, "012345", 5)
    assert tencent.sent == [(PHONE, ["012345", "5"])]


async def test_arrives_from_tencent_by_a_template_without_minutes(
    tencent: TencentSmsCloud, wire: Wire, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TencentSmsCloud, "parameters", 1)
    await sender(tencent, wire, clock, says_minutes=False).send_code(PHONE, "012345", 5)
    assert tencent.sent == [(PHONE, ["012345"])]


async def test_arrives_from_aliyun(aliyun: AliyunSmsCloud, wire: Wire, clock: MovedClock) -> None:
    await sender(aliyun, wire, clock).send_code(PHONE, "012345", 5)
    assert aliyun.sent == [("13800138000", {"code": "012345"})]


async def test_arrives_from_aliyun_with_its_minutes(aliyun: AliyunSmsCloud, wire: Wire, clock: MovedClock) -> None:
    await sender(aliyun, wire, clock, says_minutes=True).send_code(PHONE, "012345", 5)
    assert aliyun.sent == [("13800138000", {"code": "012345", "minutes": "5"})]


async def test_arrives_abroad(cloud: Cloud, wire: Wire, clock: MovedClock) -> None:
    await sender(cloud, wire, clock).send_code("+85251234567", "012345", 5)
    assert cloud.sent[0][0] == ("+85251234567" if isinstance(cloud, TencentSmsCloud) else "85251234567")


async def test_twice_at_once_is_refused_by_the_vendor_and_later_not(
    cloud: Cloud, wire: Wire, clock: MovedClock
) -> None:
    desk = sender(cloud, wire, clock)
    await desk.send_code(PHONE, "111111", 5)
    with pytest.raises(RateLimited):
        await desk.send_code(PHONE, "222222", 5)
    await desk.send_code("+8613900139000", "333333", 5)
    clock.forward(seconds=61)
    await desk.send_code(PHONE, "444444", 5)
    assert [number[-11:] for number, _ in cloud.sent] == ["13800138000", "13900139000", "13800138000"]
    assert cloud.code_for(cloud.sent[-1][0]) == "444444"


def operator(what: str) -> str:
    return f"短信服务{what}，请联系管理员"


TENCENT_FAILURES = [
    ("LimitExceeded.DeliveryFrequencyLimit", RateLimited, "验证码发送太频繁，请稍后再试", 60_000),
    ("LimitExceeded.PhoneNumberThirtySecondLimit", RateLimited, "验证码发送太频繁，请 30 秒后再试", 30_000),
    ("LimitExceeded.PhoneNumberOneHourLimit", RateLimited, "该手机号一小时内收到的验证码太多，请稍后再试", 3_600_000),
    ("LimitExceeded.PhoneNumberDailyLimit", RateLimited, "该手机号今天收到的验证码太多，请明天再试", 86_400_000),
    (
        "FailedOperation.SignatureIncorrectOrUnapproved",
        UpstreamUnavailable,
        "短信服务签名未通过审核，请联系管理员",
        None,
    ),
    (
        "FailedOperation.TemplateIncorrectOrUnapproved",
        UpstreamUnavailable,
        "短信服务模板未通过审核，请联系管理员",
        None,
    ),
    ("FailedOperation.PhoneNumberInBlacklist", BadUserInput, "该手机号已退订短信，无法接收验证码", None),
    ("FailedOperation.InsufficientBalanceInSmsPackage", UpstreamUnavailable, operator("余额不足"), None),
    ("InvalidParameterValue.IncorrectPhoneNumber", BadUserInput, "手机号不正确", None),
    (
        "InvalidParameterValue.TemplateParameterFormatError",
        UpstreamUnavailable,
        "短信服务模板参数有误，请联系管理员",
        None,
    ),
    ("InvalidParameterValue.SdkAppIdNotExist", UpstreamUnavailable, operator("应用 ID 有误"), None),
    (
        "UnauthorizedOperation.RequestIpNotInWhitelist",
        UpstreamUnavailable,
        "短信服务未放行本服务器地址，请联系管理员",
        None,
    ),
    ("AuthFailure.SignatureFailure", UpstreamUnavailable, operator("密钥配置有误"), None),
    ("AuthFailure.SignatureExpire", UpstreamUnavailable, operator("所在服务器时间不准"), None),
    ("RequestLimitExceeded", RateLimited, "短信服务繁忙，请稍后再试", 1_000),
    ("InternalError.Timeout", UpstreamTimeout, "短信服务没有及时回应，验证码可能已经发出，请留意短信", None),
    ("SomethingNew.Tomorrow", UpstreamUnavailable, "短信服务暂时不可用，请稍后再试", None),
]
ALIYUN_FAILURES = [
    ("isv.BUSINESS_LIMIT_CONTROL", RateLimited, "验证码发送太频繁，请稍后再试", 60_000),
    ("isv.DAY_LIMIT_CONTROL", RateLimited, "该手机号今天收到的验证码太多，请明天再试", 86_400_000),
    ("isv.MONTH_LIMIT_CONTROL", RateLimited, "本月短信数量已达上限，请联系管理员", 86_400_000),
    ("isv.MOBILE_NUMBER_ILLEGAL", BadUserInput, "手机号不正确", None),
    ("isv.SMS_SIGNATURE_ILLEGAL", UpstreamUnavailable, operator("签名未通过审核"), None),
    ("isv.SMS_TEMPLATE_ILLEGAL", UpstreamUnavailable, operator("模板未通过审核"), None),
    ("isv.TEMPLATE_MISSING_PARAMETERS", UpstreamUnavailable, operator("模板参数有误"), None),
    ("isv.INVALID_JSON_PARAM", UpstreamUnavailable, operator("模板参数有误"), None),
    ("isv.INVALID_PARAMETERS", UpstreamUnavailable, operator("模板参数有误"), None),
    ("isv.AMOUNT_NOT_ENOUGH", UpstreamUnavailable, operator("余额不足"), None),
    ("isv.OUT_OF_SERVICE", UpstreamUnavailable, operator("已停机"), None),
    ("isv.BLACK_KEY_CONTROL_LIMIT", BadUserInput, "该手机号已退订短信，无法接收验证码", None),
    ("isp.RAM_PERMISSION_DENY", UpstreamUnavailable, operator("没有发送权限"), None),
    ("isp.SYSTEM_ERROR", UpstreamUnavailable, "短信服务暂时不可用，请稍后再试", None),
    ("isv.SOMETHING_NEW", UpstreamUnavailable, "短信服务暂时不可用，请稍后再试", None),
]
Failure = tuple[str, type[DomainError], str, int | None]


async def refusal(desk: SmsSender, failure: Failure) -> None:
    _, error, zh, retry_after_ms = failure
    with pytest.raises(DomainError) as refused:
        await desk.send_code(PHONE, "012345", 5)
    assert type(refused.value) is error
    assert (refused.value.zh, refused.value.retry_after_ms) == (zh, retry_after_ms)
    assert refused.value.field == ("phone" if error is BadUserInput else None)


@pytest.mark.parametrize("whole_call", [False, True])
@pytest.mark.parametrize("failure", TENCENT_FAILURES, ids=lambda failure: failure[0])
async def test_refused_by_tencent_is_told_in_clear_words(
    failure: Failure, whole_call: bool, tencent: TencentSmsCloud, wire: Wire, clock: MovedClock
) -> None:
    tencent.deny(failure[0], whole_call=whole_call)
    await refusal(sender(tencent, wire, clock), failure)
    assert tencent.sent == []


@pytest.mark.parametrize("failure", ALIYUN_FAILURES, ids=lambda failure: failure[0])
async def test_refused_by_aliyun_is_told_in_clear_words(
    failure: Failure, aliyun: AliyunSmsCloud, wire: Wire, clock: MovedClock
) -> None:
    aliyun.deny(failure[0])
    await refusal(sender(aliyun, wire, clock), failure)
    assert aliyun.sent == []


async def test_with_wrong_keys_is_a_matter_for_the_operator(cloud: Cloud, wire: Wire, clock: MovedClock) -> None:
    own = cloud.secret_id if isinstance(cloud, TencentSmsCloud) else cloud.access_key_id
    for keys in (KeyPair(own, "wrong"), KeyPair("unknown", "wrong")):
        with pytest.raises(UpstreamUnavailable, match="its keys are wrong"):
            await sender(cloud, wire, clock, keys=keys).send_code(PHONE, "012345", 5)
    assert cloud.sent == []


async def test_from_a_server_with_a_wrong_clock_is_a_matter_for_the_operator(
    cloud: Cloud, wire: Wire, clock: MovedClock
) -> None:
    late = MovedClock()
    late.ahead = timedelta(hours=-8)
    with pytest.raises(UpstreamUnavailable, match="this server's clock is wrong"):
        await sender(cloud, wire, late).send_code(PHONE, "012345", 5)


async def test_to_a_number_which_is_none_is_refused(cloud: Cloud, wire: Wire, clock: MovedClock) -> None:
    with pytest.raises(BadUserInput) as refused:
        await sender(cloud, wire, clock).send_code("+86138", "012345", 5)
    assert (refused.value.field, refused.value.zh) == ("phone", "手机号不正确")


async def test_is_sent_once_though_no_answer_comes(cloud: Cloud, wire: Wire, clock: MovedClock) -> None:
    cloud.faults.append(faults.hanging)
    with pytest.raises(UpstreamTimeout) as refused:
        await sender(cloud, wire, clock).send_code(PHONE, "012345", 5)
    assert refused.value.zh == "短信服务没有及时回应，验证码可能已经发出，请留意短信"
    assert len(cloud.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        faults.cutting,
        faults.cutting_in_the_body,
        faults.page(200),
        faults.page(502),
        faults.words(200, b"[]"),
        faults.words(200, b"{}"),
        faults.words(200, b'{"Response": {"SendStatusSet": []}, "Code": null}'),
    ],
)
async def test_that_meets_a_broken_vendor_is_refused(
    fault: faults.Fault, cloud: Cloud, wire: Wire, clock: MovedClock
) -> None:
    cloud.faults.append(fault)
    with pytest.raises(UpstreamUnavailable) as refused:
        await sender(cloud, wire, clock).send_code(PHONE, "012345", 5)
    assert refused.value.zh == "短信服务暂时不可用，请稍后再试"


async def test_to_a_vendor_that_is_down_is_refused(cloud: Cloud, wire: Wire, clock: MovedClock) -> None:
    desk = sender(cloud, wire, clock)
    cloud.refuse()
    with pytest.raises(UpstreamUnavailable):
        await desk.send_code(PHONE, "012345", 5)


async def test_leaves_no_secret_number_or_code_in_the_log(
    cloud: Cloud, wire: Wire, clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = sender(cloud, wire, clock)
    await desk.send_code(PHONE, "012345", 5)
    cloud.deny("AuthFailure" if isinstance(cloud, TencentSmsCloud) else "isp.SYSTEM_ERROR")
    with pytest.raises(UpstreamUnavailable):
        await desk.send_code(PHONE, "987654", 5)
    secret = cloud.secret_key if isinstance(cloud, TencentSmsCloud) else cloud.access_key_secret
    assert not [word for word in ("13800138000", "012345", "987654", secret, "Signature=") if word in caplog.text]
    assert secret not in repr(desk.__dict__)


async def test_of_development_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    await LogSms(production=False).send_code(PHONE, "012345", 5)
    assert caplog.messages == ["the code for ...8000 is 012345, valid for 5 minutes"]


def test_of_development_is_refused_in_production() -> None:
    with pytest.raises(ValueError, match="which production must not"):
        LogSms(production=True)
