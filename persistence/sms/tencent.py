"""Tencent Cloud SMS (SendSms, version 2021-01-11). Source: cloud.tencent.com/document/api/382/55981"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from domain.clock import Clock, utc_now
from domain.outbound import Call, Outbound
from persistence.sms.failures import SMS, TENCENT, refusal
from persistence.sms.signing import KeyPair, tc3_authorization
from persistence.vendor import asked


@dataclass(frozen=True, slots=True)
class TencentSmsSettings:
    """`template_id`: a template whose first parameter is the code; its second the minutes if `says_minutes`."""

    keys: KeyPair
    app_id: str
    sign_name: str
    template_id: str
    says_minutes: bool = True
    region: str = "ap-guangzhou"
    url: str = "https://sms.tencentcloudapi.com/"
    timeout_s: float = 8.0


class TencentSms:
    def __init__(self, outbound: Outbound, settings: TencentSmsSettings, clock: Clock = utc_now) -> None:
        self._outbound = outbound
        self._settings = settings
        self._clock = clock

    async def send_code(self, phone: str, code: str, minutes: int) -> None:
        """`phone`: E.164. Raises RateLimited, BadUserInput, UpstreamUnavailable, UpstreamTimeout. Never repeats."""
        reply = await asked(self._outbound, self._call(phone, code, minutes), SMS, self._settings.timeout_s)
        answer = reply.get("Response") or {}
        failure = _failure(answer)
        if failure != "Ok":
            raise refusal("Tencent Cloud", TENCENT, failure, str(answer.get("RequestId", "")))

    def _call(self, phone: str, code: str, minutes: int) -> Call:
        settings = self._settings
        payload = {
            "PhoneNumberSet": [phone],
            "SmsSdkAppId": settings.app_id,
            "SignName": settings.sign_name,
            "TemplateId": settings.template_id,
            "TemplateParamSet": [code, str(minutes)] if settings.says_minutes else [code],
        }
        body, timestamp = orjson.dumps(payload), int(self._clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            "Authorization": tc3_authorization(settings.keys, urlsplit(settings.url).netloc, body, timestamp),
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": settings.region,
            "X-TC-Timestamp": str(timestamp),
        }
        return Call("POST", settings.url, headers, body)


def _failure(answer: dict[str, Any]) -> str:
    """The code of the whole call, or of the one number in it: the call can succeed while the number failed."""
    if error := answer.get("Error"):
        return str(error.get("Code"))
    (status, *_) = answer.get("SendStatusSet") or [{}]
    return str(status.get("Code"))
