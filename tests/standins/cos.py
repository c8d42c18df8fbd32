"""Tencent COS for one bucket. Every signature is worked out from the vendor's pages, not by our code or its SDK."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from domain.clock import utc_now
from tests.standins.faults import FaultyStandIn
from tests.standins.forms import Form, parsed
from tests.standins.http import Exchange, Request

SIGNATURE_PARTS = (
    "q-sign-algorithm",
    "q-ak",
    "q-sign-time",
    "q-key-time",
    "q-header-list",
    "q-url-param-list",
    "q-signature",
)


def encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def hex_hmac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha1).hexdigest()


def http_string(method: str, path: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Names encoded and in lower case already; `path` decoded."""
    joined = ["&".join(f"{k}={encoded(v)}" for k, v in sorted(pairs.items())) for pairs in (parameters, headers)]
    return f"{method.lower()}\n{path}\n{joined[0]}\n{joined[1]}\n"


def request_signature(secret: str, key_time: str, sign_time: str, text: str) -> str:
    to_sign = f"sha1\n{sign_time}\n{hashlib.sha1(text.encode()).hexdigest()}\n"
    return hex_hmac(hex_hmac(secret, key_time), to_sign)


def policy_signature(secret: str, key_time: str, policy: bytes) -> str:
    return hex_hmac(hex_hmac(secret, key_time), hashlib.sha1(policy).hexdigest())


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Object:
    content: bytes
    mime: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content).hexdigest()}"'


class Cos(FaultyStandIn):
    """`objects` by key. Point the SDK here with `Domain` and `Scheme="http"`."""

    name = "COS"
    bucket: ClassVar[str] = "wellmate-1250000000"
    secret_id: ClassVar[str] = "AKIDcosstandin"
    secret_key: ClassVar[str] = "cos-secret-key-0123456789"

    def __init__(self, port: int = 0, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(port)
        self.clock = clock
        self.objects: dict[str, Object] = {}

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def serve(self, request: Request, exchange: Exchange) -> None:
        ids = {"x-cos-request-id": base64.b64encode(secrets.token_bytes(12)).decode(), "x-cos-trace-id": "OGVmYzZi"}
        try:
            if request.method == "POST":
                status, body, headers = self._post(request)
            else:
                self._authorise(request)
                status, body, headers = self._object(request)
        except Refused as refused:
            status, body = refused.status, self._error(request, refused, ids["x-cos-request-id"])
            headers = {"Content-Type": "application/xml"}
        await exchange.answer(status, body, {**ids, "Server": "tencent-cos", **headers})

    def _error(self, request: Request, refused: Refused, request_id: str) -> bytes:
        return (
            f"<?xml version='1.0' encoding='utf-8' ?>\n<Error><Code>{refused.code}</Code><Message>{refused}</Message>"
            f"<Resource>{request.path}</Resource><RequestId>{request_id}</RequestId><TraceId>OGVmYzZi</TraceId></Error>"
        ).encode()

    # ---- objects

    def _object(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        key = request.path[1:]
        if request.method == "PUT":
            return self._put(key, request)
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return 204, b"", {}
        found = self.objects.get(key)
        if found is None:
            raise Refused(404, "NoSuchKey", "The specified key does not exist.")
        if request.method not in ("GET", "HEAD"):
            raise Refused(405, "MethodNotAllowed")
        return 200, found.content, {"ETag": found.etag, "Content-Type": found.mime}

    def _put(self, key: str, request: Request) -> tuple[int, bytes, dict[str, str]]:
        given = request.headers.get("content-md5")
        if given and given != base64.b64encode(hashlib.md5(request.body).digest()).decode():
            raise Refused(400, "BadDigest")
        self.objects[key] = Object(request.body, request.headers.get("content-type", "application/octet-stream"))
        return 200, b"", {"ETag": self.objects[key].etag}

    # ---- signatures of requests

    def _authorise(self, request: Request) -> None:
        """By the header, or by the same seven pairs in the query."""
        header = request.headers.get("authorization", "")
        pairs = dict(pair.partition("=")[::2] for pair in header.split("&")) if header else dict(request.query)
        if not set(SIGNATURE_PARTS) <= set(pairs):
            raise Refused(403, "AccessDenied", "Access Denied.")
        self._check_key(pairs["q-ak"])
        self._check_time(pairs["q-sign-time"])
        if pairs["q-signature"] not in self._signatures(request, pairs):
            raise Refused(403, "SignatureDoesNotMatch", "The Signature you specified is invalid.")

    def _signatures(self, request: Request, pairs: Mapping[str, str]) -> set[str]:
        """With the port of the host and without: the SDK leaves it out where there is one."""
        given = parse_qsl(urlsplit(request.target).query, keep_blank_values=True)
        values = {encoded(name).lower(): value for name, value in given}
        signed = {name: values.get(name, "") for name in pairs["q-url-param-list"].split(";") if name}
        names = [name for name in pairs["q-header-list"].split(";") if name]
        found = set()
        for host in (request.headers["host"], request.headers["host"].partition(":")[0]):
            headers = {name: host if name == "host" else request.headers.get(name, "") for name in names}
            text = http_string(request.method, unquote(urlsplit(request.target).path), signed, headers)
            found.add(request_signature(self.secret_key, pairs["q-key-time"], pairs["q-sign-time"], text))
        return found

    def _check_key(self, access_key: str) -> None:
        if access_key != self.secret_id:
            raise Refused(403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records.")

    def _check_time(self, span: str) -> None:
        start, _, end = span.partition(";")
        if not (start.isdecimal() and end.isdecimal()):
            raise Refused(403, "AccessDenied", "the sign time is malformed")
        now = self.clock().timestamp()
        if now > int(end):
            raise Refused(403, "AccessDenied", "Request has expired")
        if now < int(start):
            raise Refused(403, "RequestTimeTooSkewed")

    # ---- PostObject under a policy

    def _post(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        form = parsed(request)
        fields = form.fields
        if form.last != "file" or request.path != "/":
            raise Refused(400, "InvalidArgument", "The file must be the last field.")
        self._check_key(fields.get("q-ak", ""))
        self._check_time(fields.get("q-key-time", "0;0"))
        policy = base64.b64decode(fields.get("policy", ""))
        if fields.get("q-signature") != policy_signature(self.secret_key, fields["q-key-time"], policy):
            raise Refused(403, "SignatureDoesNotMatch")
        self._check_policy(json.loads(policy), form)
        stored = Object(form.file, fields.get("Content-Type", "application/octet-stream"))
        self.objects[fields["key"]] = stored
        status = fields.get("success_action_status", "204")
        return int(status), b"", {"ETag": stored.etag, "Location": f"http://{self.host}/{fields['key']}"}

    def _check_policy(self, policy: dict[str, Any], form: Form) -> None:
        expires = datetime.strptime(policy["expiration"], "%Y-%m-%dT%H:%M:%S.000Z").replace(tzinfo=UTC)
        if expires <= self.clock():
            raise Refused(403, "AccessDenied", "You post object request has been expired")
        given = {**form.fields, "bucket": self.bucket, "q-sign-time": form.fields["q-key-time"]}
        conditions = [_as_list(condition) for condition in policy["conditions"]]
        for kind, first, second in conditions:
            if kind == "content-length-range":
                self._check_size(len(form.file), first, second)
                continue
            value = given.get(first.removeprefix("$"), "")
            if not (value == second if kind == "eq" else value.startswith(second)):
                raise Refused(403, "AccessDenied", f"Condition key {first} doesn't match the value {second}")
        missing = {"q-sign-algorithm", "q-ak", "q-sign-time"} - {first for _, first, _ in conditions}
        if missing:
            raise Refused(403, "AccessDenied", f"The policy lacks {sorted(missing)}")

    def _check_size(self, size: int, least: int, most: int) -> None:
        if size > most:
            raise Refused(400, "EntityTooLarge")
        if size < least:
            raise Refused(400, "EntityTooSmall")


def _as_list(condition: Any) -> tuple[str, Any, Any]:
    if isinstance(condition, dict):
        ((name, value),) = condition.items()
        return "eq", name, value
    kind, first, second = condition
    return kind, first, second
