"""WeChat ..."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from domain.accounts.models import WechatIdentity
from domain.accounts.ports import WechatServer
from domain.errors import (
    BadUserInput,
    ContentBlocked,
    DomainError,
    Forbidden,
    RateLimited,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from persistence.wechat.asking import WechatSettings
from persistence.wechat.client import Scene, Suggestion, Verdict, Wechat
from persistence.wechat.tokens import AccessToken, MemoryTokenCache
from persistence.wire import Wire
from tests.clock import MovedClock
from tests.standins import faults
from tests.standins.wechat import WeChat

TOKEN, PHONE_API, LOGIN_API, CHECK_API = "stable_token", "getuserphonenumber", "jscode2session", "msg_sec_check"


@pytest.fixture(scope="module")
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as wire:
        yield wire


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def vendor(clock: MovedClock) -> Iterator[WeChat]:
    with WeChat(clock=clock) as vendor:
        yield vendor


Client = Callable[..., Wechat]


@pytest.fixture
def client(vendor: WeChat, wire: Wire, clock: MovedClock) -> Client:
    def made(cache: MemoryTokenCache | None = None, **changes: str | float) -> Wechat:
        given: dict[str, Any] = {"app_id": vendor.app_id, "secret": vendor.secret, "url": vendor.url, "timeout_s": 2}
        return Wechat(wire, WechatSettings(**given | changes, retry_pause_s=0.01), cache, clock)

    return made


def asked(vendor: WeChat, api: str) -> int:
    return sum(request.path.endswith(api) for request in vendor.requests)


async def test_tells_who_somebody_is(vendor: WeChat, client: Client) -> None:
    wechat: WechatServer = client()
    assert await wechat.identify(vendor.code("openid-1")) == WechatIdentity("openid-1")
    assert await wechat.identify(vendor.code("openid-2", "unionid-2")) == WechatIdentity("openid-2")


async def test_refuses_a_code_used_before(vendor: WeChat, client: Client) -> None:
    code = vendor.code("openid-1")
    await client().identify(code)
    with pytest.raises(BadUserInput) as refused:
        await client().identify(code)
    assert (refused.value.zh, refused.value.field) == ("微信登录凭证已被使用，请重新登录", "code")


async def test_refuses_a_code_unknown_or_too_old(vendor: WeChat, client: Client, clock: MovedClock) -> None:
    old = vendor.code("openid-1")
    clock.forward(minutes=6)
    for code in (old, "made-up", "'; drop table users; --", "&secret=x"):
        with pytest.raises(BadUserInput) as refused:
            await client().identify(code)
        assert (refused.value.zh, refused.value.field) == ("微信登录凭证无效或已过期，请重新登录", "code")


async def test_refuses_an_empty_code(client: Client) -> None:
    with pytest.raises(BadUserInput) as refused:
        await client().identify("")
    assert (refused.value.zh, refused.value.field) == ("缺少微信登录凭证", "code")


@pytest.mark.parametrize(
    ("changes", "zh"),
    [
        ({"app_id": "wxffffffffffffffff"}, "微信登录配置有误（AppID 错误），请联系管理员"),
        ({"secret": "wrong"}, "微信登录配置有误（AppSecret 错误），请联系管理员"),
        ({"app_id": ""}, "微信登录配置有误（缺少 AppID），请联系管理员"),
        ({"secret": ""}, "微信登录配置有误（缺少 AppSecret），请联系管理员"),
    ],
)
async def test_of_a_wrong_configuration_says_what_is_wrong(
    changes: dict[str, str], zh: str, vendor: WeChat, client: Client
) -> None:
    wrong = client(**changes)
    with pytest.raises(UpstreamUnavailable) as login:
        await wrong.identify(vendor.code("openid-1"))
    with pytest.raises(UpstreamUnavailable) as phone:
        await wrong.phone_number(vendor.phone_code("13800138000"))
    assert (login.value.zh, phone.value.zh) == (zh, zh)


async def test_tells_the_phone_number(vendor: WeChat, client: Client) -> None:
    wechat = client()
    assert await wechat.phone_number(vendor.phone_code("13800138000")) == "+8613800138000"
    assert await wechat.phone_number(vendor.phone_code("13800138000", 86)) == "+8613800138000"
    assert await wechat.phone_number(vendor.phone_code("51234567", "852")) == "+85251234567"


async def test_takes_a_phone_code_once(vendor: WeChat, client: Client) -> None:
    code = vendor.phone_code("13800138000")
    await client().phone_number(code)
    with pytest.raises(BadUserInput) as refused:
        await client().phone_number(code)
    assert (refused.value.zh, refused.value.field) == ("手机号授权无效或已过期，请重新授权", "phoneCode")


FAILURES: list[tuple[str, int, type[DomainError], str]] = [
    (LOGIN_API, -1, UpstreamUnavailable, "微信系统繁忙，请稍后再试"),
    (LOGIN_API, 40029, BadUserInput, "微信登录凭证无效或已过期，请重新登录"),
    (LOGIN_API, 40163, BadUserInput, "微信登录凭证已被使用，请重新登录"),
    (LOGIN_API, 45011, RateLimited, "操作太频繁，请一分钟后再试"),
    (LOGIN_API, 40226, Forbidden, "该微信账号存在安全风险，无法登录"),
    (LOGIN_API, 40013, UpstreamUnavailable, "微信登录配置有误（AppID 错误），请联系管理员"),
    (LOGIN_API, 40125, UpstreamUnavailable, "微信登录配置有误（AppSecret 错误），请联系管理员"),
    (LOGIN_API, 41002, UpstreamUnavailable, "微信登录配置有误（缺少 AppID），请联系管理员"),
    (LOGIN_API, 41004, UpstreamUnavailable, "微信登录配置有误（缺少 AppSecret），请联系管理员"),
    (LOGIN_API, 41008, BadUserInput, "缺少微信登录凭证"),
    (LOGIN_API, 99999, UpstreamUnavailable, "微信暂时不可用，请稍后再试"),
    (TOKEN, -1, UpstreamUnavailable, "微信系统繁忙，请稍后再试"),
    (TOKEN, 40164, UpstreamUnavailable, "微信登录配置有误（服务器 IP 不在白名单），请联系管理员"),
    (TOKEN, 45009, UpstreamUnavailable, "今天的微信接口调用次数已用完，请明天再试"),
    (TOKEN, 45011, RateLimited, "操作太频繁，请一分钟后再试"),
    (PHONE_API, -1, UpstreamUnavailable, "微信系统繁忙，请稍后再试"),
    (PHONE_API, 40029, BadUserInput, "手机号授权无效或已过期，请重新授权"),
    (PHONE_API, 45011, RateLimited, "操作太频繁，请一分钟后再试"),
    (PHONE_API, 40001, UpstreamUnavailable, "微信登录配置有误（AppSecret 错误或凭证失效），请联系管理员"),
    (PHONE_API, 40014, UpstreamUnavailable, "微信登录配置有误（访问凭证无效），请联系管理员"),
    (PHONE_API, 42001, UpstreamUnavailable, "微信登录配置有误（访问凭证已过期），请联系管理员"),
    (CHECK_API, 87014, ContentBlocked, "内容含有违规信息，请修改后再发"),
    (CHECK_API, 40003, UpstreamUnavailable, "内容检查失败：微信用户标识无效"),
    (CHECK_API, 43104, UpstreamUnavailable, "内容检查失败：用户与小程序不匹配"),
    (CHECK_API, 61010, UpstreamUnavailable, "内容检查失败：用户近两小时内未访问小程序"),
]


@pytest.mark.parametrize(("api", "errcode", "error", "zh"), FAILURES)
async def test_failing_in_a_known_way_is_told_in_clear_words(
    api: str, errcode: int, error: type[DomainError], zh: str, vendor: WeChat, client: Client
) -> None:
    vendor.deny(api, errcode, errcode)
    wechat = client()
    questions: dict[str, Callable[[], Awaitable[object]]] = {
        LOGIN_API: lambda: wechat.identify(vendor.code("openid-1")),
        TOKEN: lambda: wechat.phone_number(vendor.phone_code("13800138000")),
        PHONE_API: lambda: wechat.phone_number(vendor.phone_code("13800138000")),
        CHECK_API: lambda: wechat.check_text("openid-1", "你好", Scene.COMMENT),
    }
    with pytest.raises(DomainError) as refused:
        await questions[api]()
    assert type(refused.value) is error
    assert refused.value.zh == zh
    assert refused.value.retry_after_ms == (60_000 if error is RateLimited else None)


async def test_being_busy_is_asked_once_more(vendor: WeChat, client: Client) -> None:
    vendor.deny(LOGIN_API, -1)
    assert (await client().identify(vendor.code("openid-1"))).openid == "openid-1"
    vendor.deny(TOKEN, -1)
    vendor.deny(PHONE_API, -1)
    assert await client().phone_number(vendor.phone_code("13800138000")) == "+8613800138000"


async def test_token_is_fetched_once_for_many_at_once(vendor: WeChat, client: Client) -> None:
    wechat = client()
    codes = [vendor.phone_code(f"138001380{n:02}") for n in range(30)]
    phones = await asyncio.gather(*(wechat.phone_number(code) for code in codes))
    assert sorted(phones) == [f"+86138001380{n:02}" for n in range(30)]
    assert asked(vendor, TOKEN) == 1


async def test_token_is_shared_through_its_cache(vendor: WeChat, client: Client) -> None:
    cache = MemoryTokenCache()
    for _ in range(2):
        await client(cache).phone_number(vendor.phone_code("13800138000"))
    assert asked(vendor, TOKEN) == 1


async def test_token_is_renewed_before_it_is_over(vendor: WeChat, client: Client, clock: MovedClock) -> None:
    wechat = client()
    await wechat.phone_number(vendor.phone_code("13800138000"))
    clock.forward(minutes=115)
    await wechat.phone_number(vendor.phone_code("13800138000"))
    assert asked(vendor, TOKEN) == 1
    clock.forward(seconds=61)
    await wechat.phone_number(vendor.phone_code("13800138000"))
    assert (asked(vendor, TOKEN), len(vendor.tokens)) == (2, 2)
    assert asked(vendor, PHONE_API) == 3


async def test_token_made_worthless_elsewhere_is_renewed_once_for_many(vendor: WeChat, client: Client) -> None:
    wechat = client()
    await wechat.phone_number(vendor.phone_code("13800138000"))
    vendor.forget_tokens()
    codes = [vendor.phone_code("13800138000") for _ in range(20)]
    assert await asyncio.gather(*(wechat.phone_number(code) for code in codes)) == ["+8613800138000"] * 20
    assert asked(vendor, TOKEN) == 2


async def test_token_over_by_the_vendors_clock_is_renewed(vendor: WeChat, client: Client, clock: MovedClock) -> None:
    cache = MemoryTokenCache()
    await client(cache).phone_number(vendor.phone_code("13800138000"))
    clock.forward(hours=3)
    (token,) = vendor.tokens
    await cache.put(AccessToken(token, clock().replace(year=9999)))
    assert await client(cache).phone_number(vendor.phone_code("13800138000")) == "+8613800138000"
    assert asked(vendor, PHONE_API) == 3


async def test_refusing_every_token_is_asked_only_twice(vendor: WeChat, client: Client) -> None:
    vendor.deny(PHONE_API, 40001, 40001, 40001)
    with pytest.raises(UpstreamUnavailable):
        await client().phone_number(vendor.phone_code("13800138000"))
    assert asked(vendor, PHONE_API) == 2


async def test_judges_texts(vendor: WeChat, client: Client) -> None:
    vendor.code("openid-1")
    wechat = client()
    assert await wechat.check_text("openid-1", "医生您好", Scene.COMMENT) == Verdict(Suggestion.PASSED, 100)
    assert await wechat.check_text("openid-1", "一起去赌博", Scene.FORUM) == Verdict(Suggestion.RISKY, 20006)
    assert await wechat.check_text("openid-1", "找人代购药", Scene.SOCIAL) == Verdict(Suggestion.REVIEW, 10001)


async def test_judges_a_long_text_by_its_worst_part(vendor: WeChat, client: Client) -> None:
    vendor.code("openid-1")
    text = "您好" * 2000 + "代购药" + "。" * 2500 + "赌博" + "。" * 2500
    assert await client().check_text("openid-1", text, Scene.COMMENT) == Verdict(Suggestion.RISKY, 20006)
    assert asked(vendor, CHECK_API) == 4
    assert await client().check_text("openid-1", "", Scene.COMMENT) == Verdict(Suggestion.PASSED, 100)


async def test_judges_no_text_of_somebody_who_was_never_here(vendor: WeChat, client: Client) -> None:
    with pytest.raises(UpstreamUnavailable, match="does not know this openid"):
        await client().check_text("stranger", "您好", Scene.COMMENT)
    vendor.openids.add("away")
    with pytest.raises(UpstreamUnavailable, match="has not visited"):
        await client().check_text("away", "您好", Scene.COMMENT)


@pytest.mark.parametrize(
    "fault",
    [
        faults.cutting,
        faults.cutting_in_the_body,
        faults.page(200),
        faults.page(502),
        faults.words(200, b"[]"),
        faults.words(200, b"{}"),
        faults.words(200, b'{"openid": "", "session_key": "k"}'),
    ],
)
async def test_answering_nonsense_is_a_clear_refusal(fault: faults.Fault, vendor: WeChat, client: Client) -> None:
    code = vendor.code("openid-1")
    vendor.faults.append(fault)
    with pytest.raises(UpstreamUnavailable) as login:
        await client().identify(code)
    vendor.faults.append(fault)
    with pytest.raises(UpstreamUnavailable) as phone:
        await client().phone_number(vendor.phone_code("13800138000"))
    assert login.value.zh == phone.value.zh == "微信暂时不可用，请稍后再试"


async def test_being_silent_is_a_timeout_for_everybody_in_bounded_time(vendor: WeChat, client: Client) -> None:
    vendor.faults.extend([faults.hanging] * 30)
    wechat = client(timeout_s=0.5)
    codes = [vendor.phone_code("13800138000") for _ in range(10)]
    async with asyncio.timeout(3):
        results = await asyncio.gather(*(wechat.phone_number(code) for code in codes), return_exceptions=True)
    assert {type(result) for result in results} == {UpstreamTimeout}
    with pytest.raises(UpstreamTimeout) as login:
        await wechat.identify("code")
    assert login.value.zh == "微信没有及时回应，请稍后再试"


async def test_being_down_is_a_clear_refusal(vendor: WeChat, client: Client) -> None:
    wechat, code = client(), vendor.code("openid-1")
    vendor.refuse()
    with pytest.raises(UpstreamUnavailable):
        await wechat.identify(code)


async def test_secrets_are_in_no_log_and_no_error(
    vendor: WeChat, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wechat, code = client(), vendor.code("openid-1")
    await wechat.identify(code)
    await wechat.phone_number(vendor.phone_code("13800138000"))
    vendor.deny(LOGIN_API, 40013)
    with pytest.raises(UpstreamUnavailable) as refused:
        await wechat.identify(code)
    vendor.faults.append(faults.cutting)
    with pytest.raises(UpstreamUnavailable) as cut:
        await wechat.identify(code)
    told = [*traceback.format_exception(refused.value), *traceback.format_exception(cut.value)]
    shown = caplog.text + repr(wechat.__dict__) + repr(list(vendor.tokens.values())) + "".join(told)
    secrets = [vendor.secret, *vendor.tokens, *vendor.session_keys, "13800138000", "openid-1"]
    assert "WeChat refused jscode2session: 40013" in shown
    assert not [secret for secret in secrets if secret in shown.replace('vendor.code("openid-1")', "")]
