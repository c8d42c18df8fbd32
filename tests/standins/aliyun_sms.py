"""dysmsapi.aliyuncs.com: SendSms under ACS3-HMAC-SHA256, worked out here from the vendor's page, not from our code."""

import hashlib
import hmac
import json
import re
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import quote, urlsplit

from domain.clock import utc_now
from tests.standins.faults import FaultyStandIn
from tests.standins.http import Exchange, Request

_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=(?P<id>[^,]+),"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+),Signature=(?P<signature>[0-9a-f]{64})"
)
MUST_BE_SIGNED = {
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
}


def signature(secret: str, names: list[str], request: Request) -> str:
    def encoded(text: str) -> str:
        return quote(text, safe="-_.~")

    query = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(request.query.items()))
    lines = "\n".join(f"{name}:{request.headers[name].strip()}" for name in sorted(names))
    body = hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join(
        [request.method, urlsplit(request.target).path, query, lines, "", ";".join(sorted(names)), body]
    )
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


class AliyunSmsCloud(FaultyStandIn):
    """`sent`: number and variables of each message, newest last; `deny` forces a code."""

    name = "Aliyun SMS"
    access_key_id: ClassVar[str] = "LTAIstandin"
    access_key_secret: ClassVar[str] = "aliyun-secret-key-0123456789"
    sign_name: ClassVar[str] = "某某健康"
    template_code: ClassVar[str] = "SMS_154950909"
    variables: ClassVar[frozenset[str]] = frozenset({"code"})

    def __init__(self, port: int = 0, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(port)
        self.clock = clock
        self.sent: list[tuple[str, dict[str, str]]] = []
        self._last: dict[str, datetime] = {}
        self._nonces: set[str] = set()
        self._refusals: deque[str] = deque()

    def deny(self, code: str) -> None:
        self._refusals.append(code)

    def code_for(self, phone: str) -> str:
        return next(variables["code"] for number, variables in reversed(self.sent) if number == phone)

    async def serve(self, request: Request, exchange: Exchange) -> None:
        if unauthorized := self._unauthorized(request):
            reply = {"RequestId": "r-1", "Message": "m", "HostId": "h", "Code": unauthorized, "Recommend": "https://x"}
            await exchange.answer_json(403 if "Signature" in unauthorized else 404, reply)
            return
        code = self._refusals.popleft() if self._refusals else self._refusal(request.query)
        if code == "OK":
            number = request.query["PhoneNumbers"]
            self.sent.append((number, json.loads(request.query["TemplateParam"])))
            self._last[number] = self.clock()
        ids = {"BizId": "900619746936498440^0"} if code == "OK" else {}
        await exchange.answer_json(
            200, {"Message": "OK" if code == "OK" else "m", "RequestId": "r-2", "Code": code, **ids}
        )

    def _unauthorized(self, request: Request) -> str:
        headers = request.headers
        match = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if match is None or MUST_BE_SIGNED - set(match["names"].split(";")):
            return "IncompleteSignature"
        if match["id"] != self.access_key_id:
            return "InvalidAccessKeyId.NotFound"
        made = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs((self.clock() - made).total_seconds()) > 900:
            return "InvalidTimeStamp.Expired"
        if headers["x-acs-signature-nonce"] in self._nonces:
            return "SignatureNonceUsed"
        self._nonces.add(headers["x-acs-signature-nonce"])
        mine = signature(self.access_key_secret, match["names"].split(";"), request)
        return "" if mine == match["signature"] else "SignatureDoesNotMatch"

    def _refusal(self, query: dict[str, str]) -> str:
        number = query["PhoneNumbers"]
        if not re.fullmatch(r"1\d{10}|[2-9]\d{6,14}", number):
            return "isv.MOBILE_NUMBER_ILLEGAL"
        if query["SignName"] != self.sign_name:
            return "isv.SMS_SIGNATURE_ILLEGAL"
        if query["TemplateCode"] != self.template_code:
            return "isv.SMS_TEMPLATE_ILLEGAL"
        given = json.loads(query["TemplateParam"])
        if not all(isinstance(value, str) for value in given.values()):
            return "isv.INVALID_JSON_PARAM"
        if self.variables - set(given):
            return "isv.TEMPLATE_MISSING_PARAMETERS"
        last = self._last.get(number)
        return "isv.BUSINESS_LIMIT_CONTROL" if last and (self.clock() - last).total_seconds() < 60 else "OK"
