"""sms.tencentcloudapi.com: SendSms under TC3-HMAC-SHA256, worked out here from the vendor's page, not from our code."""

import hashlib
import hmac
import re
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from domain.clock import utc_now
from tests.standins.faults import FaultyStandIn
from tests.standins.http import Exchange, Request

_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>[\d-]+)/(?P<service>\w+)/tc3_request, "
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def signature(secret: str, date: str, names: list[str], headers: dict[str, str], body: bytes) -> str:
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
    request = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{hashlib.sha256(body).hexdigest()}"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{headers['x-tc-timestamp']}\n{date}/sms/tc3_request\n{digest}"

    def keyed(key: bytes, message: str) -> bytes:
        return hmac.new(key, message.encode(), hashlib.sha256).digest()

    key = keyed(keyed(keyed(f"TC3{secret}".encode(), date), "sms"), "tc3_request")
    return keyed(key, text).hex()


class TencentSmsCloud(FaultyStandIn):
    """`sent`: number and parameters of each message, newest last; `deny` forces a code for the next number."""

    name = "Tencent SMS"
    secret_id: ClassVar[str] = "AKIDstandin0123456789"
    secret_key: ClassVar[str] = "tencent-secret-key-0123456789"
    app_id: ClassVar[str] = "1400006666"
    sign_name: ClassVar[str] = "某某健康"
    template_id: ClassVar[str] = "1110"
    parameters: ClassVar[int] = 2
    seconds_between: ClassVar[int] = 30

    def __init__(self, port: int = 0, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(port)
        self.clock = clock
        self.sent: list[tuple[str, list[str]]] = []
        self._last: dict[str, datetime] = {}
        self._refusals: deque[tuple[str, bool]] = deque()

    def deny(self, code: str, *, whole_call: bool = False) -> None:
        self._refusals.append((code, whole_call))

    def code_for(self, phone: str) -> str:
        return next(parameters[0] for number, parameters in reversed(self.sent) if number == phone)

    async def serve(self, request: Request, exchange: Exchange) -> None:
        forced, whole_call = self._refusals.popleft() if self._refusals else ("", False)
        failure = self._unauthorized(request) or self._malformed(request) or (forced if whole_call else "")
        if failure:
            await exchange.answer_json(
                200, {"Response": {"Error": {"Code": failure, "Message": "x"}, "RequestId": "r-1"}}
            )
            return
        statuses = [self._status(number, request.json(), forced) for number in request.json()["PhoneNumberSet"]]
        await exchange.answer_json(200, {"Response": {"SendStatusSet": statuses, "RequestId": "r-2"}})

    def _unauthorized(self, request: Request) -> str:
        match = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
        stamp = request.headers.get("x-tc-timestamp", "0")
        if match is None or match["service"] != "sms" or {"content-type", "host"} - set(match["names"].split(";")):
            return "AuthFailure.InvalidAuthorization"
        if match["id"] != self.secret_id:
            return "AuthFailure.SecretIdNotFound"
        if abs(self.clock().timestamp() - int(stamp)) > 300:
            return "AuthFailure.SignatureExpire"
        if time.strftime("%Y-%m-%d", datetime.fromtimestamp(int(stamp), UTC).timetuple()) != match["date"]:
            return "AuthFailure.SignatureFailure"
        names = match["names"].split(";")
        mine = signature(self.secret_key, match["date"], names, request.headers, request.body)
        return "" if mine == match["signature"] else "AuthFailure.SignatureFailure"

    def _malformed(self, request: Request) -> str:
        headers, body = request.headers, request.json()
        if (request.method, request.target, headers.get("x-tc-action")) != ("POST", "/", "SendSms"):
            return "InvalidAction"
        if headers.get("x-tc-version") != "2021-01-11" or not headers.get("x-tc-region"):
            return "MissingParameter"
        if body["SmsSdkAppId"] != self.app_id:
            return "InvalidParameterValue.SdkAppIdNotExist"
        if body["SignName"] != self.sign_name:
            return "FailedOperation.SignatureIncorrectOrUnapproved"
        return ""

    def _status(self, number: str, body: dict[str, Any], forced: str) -> dict[str, Any]:
        code = forced or self._refusal(number, body)
        if code == "Ok":
            self.sent.append((number, body["TemplateParamSet"]))
            self._last[number] = self.clock()
        return {
            "SerialNo": "5000:1045" if code == "Ok" else "",
            "PhoneNumber": number,
            "Fee": int(code == "Ok"),
            "SessionContext": "",
            "Code": code,
            "Message": "send success" if code == "Ok" else f"refused for {number}",
            "IsoCode": "CN",
        }

    def _refusal(self, number: str, body: dict[str, Any]) -> str:
        if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
            return "InvalidParameterValue.IncorrectPhoneNumber"
        if body["TemplateId"] != self.template_id:
            return "FailedOperation.TemplateIncorrectOrUnapproved"
        given = body["TemplateParamSet"]
        if len(given) != self.parameters or not all(isinstance(parameter, str) for parameter in given):
            return "InvalidParameterValue.TemplateParameterFormatError"
        last = self._last.get(number)
        if last and (self.clock() - last).total_seconds() < self.seconds_between:
            return "LimitExceeded.PhoneNumberThirtySecondLimit"
        return "Ok"
