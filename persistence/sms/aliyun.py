"""Aliyun SMS (SendSms, version 2017-05-25).

Source: help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms
"""

import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from domain.clock import Clock, utc_now
from domain.outbound import Call, Outbound
from persistence.sms.failures import ALIYUN, SMS, refusal
from persistence.sms.signing import KeyPair, acs3_authorization, acs3_query
from persistence.vendor import asked


@dataclass(frozen=True, slots=True)
class AliyunSmsSettings:
    """`template_code`: a template with the variable `code`, and `minutes` if `says_minutes`."""

    keys: KeyPair
    sign_name: str
    template_code: str
    says_minutes: bool = False
    url: str = "https://dysmsapi.aliyuncs.com/"
    timeout_s: float = 8.0


class AliyunSms:
    def __init__(self, outbound: Outbound, settings: AliyunSmsSettings, clock: Clock = utc_now) -> None:
        self._outbound = outbound
        self._settings = settings
        self._clock = clock

    async def send_code(self, phone: str, code: str, minutes: int) -> None:
        """`phone`: E.164. Raises RateLimited, BadUserInput, UpstreamUnavailable, UpstreamTimeout. Never repeats."""
        reply = await asked(self._outbound, self._call(phone, code, minutes), SMS, self._settings.timeout_s)
        failure = str(reply.get("Code"))
        if failure != "OK":
            raise refusal("Aliyun", ALIYUN, failure, str(reply.get("RequestId", "")))

    def _call(self, phone: str, code: str, minutes: int) -> Call:
        settings = self._settings
        variables = {"code": code, "minutes": str(minutes)} if settings.says_minutes else {"code": code}
        query = acs3_query(
            {
                "PhoneNumbers": _as_aliyun_writes(phone),
                "SignName": settings.sign_name,
                "TemplateCode": settings.template_code,
                "TemplateParam": orjson.dumps(variables).decode(),
            }
        )
        signed = {
            "host": urlsplit(settings.url).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": f"{self._clock():%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        headers = {**signed, "Authorization": acs3_authorization(settings.keys, query, signed)}
        return Call("POST", f"{settings.url}?{query}", headers)


def _as_aliyun_writes(phone: str) -> str:
    """Numbers of mainland China without their country code, others without the plus."""
    return phone.removeprefix("+86") if phone.startswith("+86") else phone.removeprefix("+")
