"""WeChat's errcodes in words for people. Source: developers.weixin.qq.com, the page of each API."""

import logging
from collections.abc import Callable, Mapping
from functools import partial

from domain.errors import BadUserInput, ContentBlocked, DomainError, Forbidden, RateLimited, UpstreamUnavailable
from persistence.vendor import Vendor

WECHAT = Vendor("微信", "WeChat")
BUSY = -1
TOKEN_REFUSED = frozenset((40001, 40014, 42001))

Failure = Callable[[], DomainError]
log = logging.getLogger(__name__)


def failed(api: str, errcode: int, own: Mapping[int, Failure]) -> DomainError:
    """`own`: what a code means for this API in particular. WeChat's errmsg is not logged: it may quote the request."""
    log.warning("WeChat refused %s: %d", api, errcode)
    failure = own.get(errcode) or _EVERYWHERE.get(errcode) or WECHAT.unavailable
    return failure()


def _misconfigured(zh: str, en: str) -> Failure:
    return partial(UpstreamUnavailable, f"微信登录配置有误（{zh}），请联系管理员", f"WeChat cannot be used: {en}.")


_EVERYWHERE: Mapping[int, Failure] = {
    BUSY: partial(UpstreamUnavailable, "微信系统繁忙，请稍后再试", "WeChat is busy."),
    40001: _misconfigured("AppSecret 错误或凭证失效", "the app secret or the access token is wrong"),
    40013: _misconfigured("AppID 错误", "the app id is wrong"),
    40014: _misconfigured("访问凭证无效", "the access token is not valid"),
    40125: _misconfigured("AppSecret 错误", "the app secret is wrong"),
    40164: _misconfigured("服务器 IP 不在白名单", "this server's address is not on the app's list"),
    41002: _misconfigured("缺少 AppID", "the app id is missing"),
    41004: _misconfigured("缺少 AppSecret", "the app secret is missing"),
    42001: _misconfigured("访问凭证已过期", "the access token has expired"),
    45009: partial(
        UpstreamUnavailable, "今天的微信接口调用次数已用完，请明天再试", "The day's calls to WeChat are used up."
    ),
    45011: partial(RateLimited, 60_000, "操作太频繁，请一分钟后再试", "Too many requests to WeChat; wait a minute."),
}

LOGIN: Mapping[int, Failure] = {
    40029: partial(
        BadUserInput,
        "微信登录凭证无效或已过期，请重新登录",
        "The WeChat code is not valid or has expired.",
        field="code",
    ),
    40163: partial(BadUserInput, "微信登录凭证已被使用，请重新登录", "The WeChat code has been used.", field="code"),
    41008: partial(BadUserInput, "缺少微信登录凭证", "The WeChat code is missing.", field="code"),
    40226: partial(Forbidden, "该微信账号存在安全风险，无法登录", "WeChat blocks this account for its risk."),
}

PHONE: Mapping[int, Failure] = {
    40029: partial(
        BadUserInput,
        "手机号授权无效或已过期，请重新授权",
        "The phone code is not valid or has expired.",
        field="phoneCode",
    ),
    40163: partial(BadUserInput, "手机号授权已被使用，请重新授权", "The phone code has been used.", field="phoneCode"),
}

CHECK: Mapping[int, Failure] = {
    87014: partial(ContentBlocked, "内容含有违规信息，请修改后再发", "WeChat refuses this content."),
    40003: partial(UpstreamUnavailable, "内容检查失败：微信用户标识无效", "WeChat does not know this openid."),
    43104: partial(UpstreamUnavailable, "内容检查失败：用户与小程序不匹配", "The openid belongs to another app."),
    61010: partial(
        UpstreamUnavailable,
        "内容检查失败：用户近两小时内未访问小程序",
        "The user has not visited the mini-program within two hours.",
    ),
}
