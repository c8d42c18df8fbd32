"""WeChat and text messages by the settings, and what is missing there."""

from typing import NamedTuple

from domain.accounts.absent import NoSms, NoWechat
from domain.accounts.ports import SmsSender, WechatServer
from domain.outbound import Outbound
from persistence.sms.aliyun import AliyunSms, AliyunSmsSettings
from persistence.sms.log import LogSms
from persistence.sms.signing import KeyPair
from persistence.sms.tencent import TencentSms, TencentSmsSettings
from persistence.wechat.asking import WechatSettings
from persistence.wechat.client import Wechat
from settings import Settings, SmsProvider, revealed

TENCENT_URL = "https://sms.tencentcloudapi.com/"
ALIYUN_URL = "https://dysmsapi.aliyuncs.com/"
NEEDED: dict[SmsProvider, tuple[str, ...]] = {
    SmsProvider.NONE: (),
    SmsProvider.LOG: (),
    SmsProvider.TENCENT: ("sms_key_id", "sms_key_secret", "sms_app_id", "sms_sign_name", "sms_template"),
    SmsProvider.ALIYUN: ("sms_key_id", "sms_key_secret", "sms_sign_name", "sms_template"),
}


class Template(NamedTuple):
    """What both vendors want to know."""

    keys: KeyPair
    sign_name: str
    template: str


def problems(settings: Settings) -> list[str]:
    """A line for each setting that is missing or impossible."""
    provider = provider_of(settings)
    missing = [name for name in NEEDED[provider] if not getattr(settings, name)]
    lines = [f"WELLMATE_{name.upper()} is missing for WELLMATE_SMS_PROVIDER={provider.value}" for name in missing]
    if provider is SmsProvider.LOG and settings.in_production:
        lines.append("WELLMATE_SMS_PROVIDER=log writes codes into the log: not in production")
    if (settings.wechat_app_id is None) != (settings.wechat_app_secret is None):
        lines.append("WELLMATE_WECHAT_APP_ID and WELLMATE_WECHAT_APP_SECRET belong together")
    return lines


def provider_of(settings: Settings) -> SmsProvider:
    """Unless it is said, codes go to the log in development and nowhere in production."""
    if settings.sms_provider is not None:
        return settings.sms_provider
    return SmsProvider.NONE if settings.in_production else SmsProvider.LOG


def sms_of(settings: Settings, outbound: Outbound) -> SmsSender:
    """Call `problems` first."""
    provider = provider_of(settings)
    if provider is SmsProvider.NONE:
        return NoSms()
    if provider is SmsProvider.LOG:
        return LogSms(production=settings.in_production)
    return _tencent(settings, outbound) if provider is SmsProvider.TENCENT else _aliyun(settings, outbound)


def wechat_of(settings: Settings, outbound: Outbound) -> WechatServer:
    """Call `problems` first."""
    secret = revealed(settings.wechat_app_secret)
    if settings.wechat_app_id is None or secret is None:
        return NoWechat()
    return Wechat(outbound, WechatSettings(settings.wechat_app_id, secret, url=settings.wechat_url.rstrip("/")))


def _tencent(settings: Settings, outbound: Outbound) -> TencentSms:
    given = _template(settings)
    return TencentSms(
        outbound,
        TencentSmsSettings(
            given.keys,
            settings.sms_app_id or "",
            given.sign_name,
            given.template,
            settings.sms_template_says_minutes,
            url=settings.sms_url or TENCENT_URL,
        ),
    )


def _aliyun(settings: Settings, outbound: Outbound) -> AliyunSms:
    given = _template(settings)
    return AliyunSms(
        outbound,
        AliyunSmsSettings(
            given.keys,
            given.sign_name,
            given.template,
            settings.sms_template_says_minutes,
            settings.sms_url or ALIYUN_URL,
        ),
    )


def _template(settings: Settings) -> Template:
    keys = KeyPair(settings.sms_key_id or "", revealed(settings.sms_key_secret) or "")
    return Template(keys, settings.sms_sign_name or "", settings.sms_template or "")
