"""WeChat and Tencent Cloud's text messages, as stand-ins that the application is pointed at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from tests.standins.tencent_sms import TencentSmsCloud
from tests.standins.wechat import WeChat


@dataclass(frozen=True, slots=True)
class Vendors:
    wechat: WeChat
    sms: TencentSmsCloud
    _numbers: Iterator[int] = field(default_factory=lambda: count(10_000_000))

    def settings(self) -> dict[str, object]:
        return {
            "wechat_app_id": self.wechat.app_id,
            "wechat_app_secret": self.wechat.secret,
            "wechat_url": self.wechat.url,
            "sms_provider": "tencent",
            "sms_key_id": self.sms.secret_id,
            "sms_key_secret": self.sms.secret_key,
            "sms_app_id": self.sms.app_id,
            "sms_sign_name": self.sms.sign_name,
            "sms_template": self.sms.template_id,
            "sms_template_says_minutes": True,
            "sms_url": f"{self.sms.url}/",
        }

    def new_phone(self) -> str:
        """One that got no code yet."""
        return f"138{next(self._numbers)}"

    def code_sent_to(self, phone: str) -> str:
        return self.sms.code_for(f"+86{phone}")


@contextmanager
def vendors_running() -> Iterator[Vendors]:
    with WeChat() as wechat, TencentSmsCloud() as sms:
        yield Vendors(wechat, sms)
