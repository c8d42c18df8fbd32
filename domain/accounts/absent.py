"""What stands where an installation has no WeChat or no text messages: it says so."""

from typing import NoReturn

from domain.accounts.models import WechatIdentity
from domain.errors import UpstreamUnavailable


class NoWechat:
    async def identify(self, _code: str) -> WechatIdentity:
        _refuse_wechat()

    async def phone_number(self, _code: str) -> str:
        _refuse_wechat()


class NoSms:
    async def send_code(self, _phone: str, _code: str, _minutes: int) -> None:
        raise UpstreamUnavailable("本系统未开通短信", "This installation sends no text messages.")


def _refuse_wechat() -> NoReturn:
    raise UpstreamUnavailable("本系统未开通微信登录", "This installation has no sign-in by WeChat.")
