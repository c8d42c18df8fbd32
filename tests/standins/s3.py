"""S3 as MinIO and Sealos speak it, path style, for one bucket. Signature V4 is worked out here, not by the client."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote, urlsplit
from xml.etree import ElementTree as ET

from domain.clock import utc_now
from tests.standins.faults import FaultyStandIn
from tests.standins.forms import Form, parsed
from tests.standins.http import Exchange, Request

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def signing_key(secret: str, day: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def canonical_query(target: str, *without: str) -> str:
    pairs = parse_qsl(urlsplit(target).query, keep_blank_values=True)
    shown = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in pairs if k not in without)
    return "&".join(f"{name}={value}" for name, value in shown)


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Object:
    content: bytes
    mime: str

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content).hexdigest()}"'


Answer = tuple[int, bytes, dict[str, str]]


class S3(FaultyStandIn):
    """`objects` by key; `uploads`: the parts of multipart uploads that are still open."""

    name = "S3"
    bucket: ClassVar[str] = "abc123-wellmate"
    access_key: ClassVar[str] = "s3standinkey"
    secret_key: ClassVar[str] = "s3-secret-key-0123456789"
    region: ClassVar[str] = "us-east-1"

    def __init__(self, port: int = 0, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(port)
        self.clock = clock
        self.objects: dict[str, Object] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self._mimes: dict[str, str] = {}

    async def serve(self, request: Request, exchange: Exchange) -> None:
        try:
            status, body, headers = self._answered(request)
        except Refused as refused:
            status, headers = refused.status, {"Content-Type": "application/xml"}
            body = (
                f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{refused.code}</Code><Message>no</Message>'
                f"<Resource>{request.path}</Resource><RequestId>17AB</RequestId><HostId>h</HostId></Error>"
            ).encode()
        await exchange.answer(status, body, {"x-amz-request-id": "17AB", "Server": "MinIO", **headers})

    def _answered(self, request: Request) -> Answer:
        _, bucket, *rest = request.path.split("/", 2)
        if bucket != self.bucket:
            raise Refused(404, "NoSuchBucket")
        if request.method == "POST" and not rest:
            return self._post(request)
        self._authorise(request)
        key, query = rest[0], request.query
        if "uploads" in query or "uploadId" in query:
            return self._multipart(request, key, query)
        return self._object(request, key)

    # ---- objects

    def _object(self, request: Request, key: str) -> Answer:
        if request.method == "PUT":
            self.objects[key] = Object(request.body, request.headers.get("content-type", ""))
            return 200, b"", {"ETag": self.objects[key].etag}
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return 204, b"", {}
        found = self.objects.get(key)
        if found is None:
            raise Refused(404, "NoSuchKey")
        return 200, found.content, {"ETag": found.etag, "Content-Type": found.mime}

    def _multipart(self, request: Request, key: str, query: dict[str, str]) -> Answer:
        xml = {"Content-Type": "application/xml"}
        if "uploads" in query:
            upload = secrets.token_hex(8)
            self.uploads[upload] = {}
            self._mimes[upload] = request.headers.get("content-type", "")
            return 200, self._xml("InitiateMultipartUploadResult", key, UploadId=upload), xml
        upload = query["uploadId"]
        if upload not in self.uploads:
            raise Refused(404, "NoSuchUpload")
        if request.method == "PUT":
            self.uploads[upload][int(query["partNumber"])] = request.body
            return 200, b"", {"ETag": f'"{hashlib.md5(request.body).hexdigest()}"'}
        parts = self.uploads.pop(upload)
        if request.method == "DELETE":
            return 204, b"", {}
        numbers = [
            int(node.text or 0) for node in ET.fromstring(request.body).iter() if node.tag.endswith("PartNumber")
        ]
        self.objects[key] = Object(b"".join(parts[number] for number in numbers), self._mimes[upload])
        return 200, self._xml("CompleteMultipartUploadResult", key, ETag=self.objects[key].etag), xml

    def _xml(self, root: str, key: str, **more: str) -> bytes:
        given = {"Bucket": self.bucket, "Key": key, **more}
        inside = "".join(f"<{name}>{value}</{name}>" for name, value in given.items())
        namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">{inside}</{root}>'.encode()

    # ---- signatures of requests

    def _authorise(self, request: Request) -> None:
        if "X-Amz-Signature" in request.query:
            self._check_presigned(request)
        else:
            self._check_header(request)

    def _check_header(self, request: Request) -> None:
        header = request.headers.get("authorization", "").removeprefix("AWS4-HMAC-SHA256 ")
        parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
        if set(parts) != {"Credential", "SignedHeaders", "Signature"}:
            raise Refused(403, "AccessDenied")
        stamp, content = request.headers["x-amz-date"], request.headers["x-amz-content-sha256"]
        if abs(self.clock() - _time(stamp)) > timedelta(minutes=15):
            raise Refused(403, "RequestTimeTooSkewed")
        if content not in ("UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest()):
            raise Refused(400, "XAmzContentSHA256Mismatch")
        mine = self._signature(request, parts["SignedHeaders"], content, stamp, parts["Credential"])
        if mine != parts["Signature"]:
            raise Refused(403, "SignatureDoesNotMatch")

    def _check_presigned(self, request: Request) -> None:
        query = request.query
        if not {"X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Credential"} <= set(query):
            raise Refused(400, "AuthorizationQueryParametersError")
        stamp, lifetime = query["X-Amz-Date"], int(query["X-Amz-Expires"])
        if not 1 <= lifetime <= 604_800:
            raise Refused(400, "AuthorizationQueryParametersError")
        if self.clock() > _time(stamp) + timedelta(seconds=lifetime):
            raise Refused(403, "AccessDenied")
        names, credential = query["X-Amz-SignedHeaders"], query["X-Amz-Credential"]
        if self._signature(request, names, "UNSIGNED-PAYLOAD", stamp, credential) != query["X-Amz-Signature"]:
            raise Refused(403, "SignatureDoesNotMatch")

    def _signature(self, request: Request, names: str, content: str, stamp: str, credential: str) -> str:
        scope = self._scope(credential, stamp)
        if "host" not in names.split(";"):
            raise Refused(403, "AccessDenied")
        lines = "".join(f"{name}:{request.headers.get(name, '')}\n" for name in names.split(";"))
        path, query = urlsplit(request.target).path, canonical_query(request.target, "X-Amz-Signature")
        canonical = f"{request.method}\n{path}\n{query}\n{lines}\n{names}\n{content}"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        return hmac.new(signing_key(self.secret_key, stamp[:8], self.region), text.encode(), hashlib.sha256).hexdigest()

    def _scope(self, credential: str, stamp: str) -> str:
        access_key, _, scope = credential.partition("/")
        if access_key != self.access_key:
            raise Refused(403, "InvalidAccessKeyId")
        if scope != f"{stamp[:8]}/{self.region}/s3/aws4_request":
            raise Refused(400, "AuthorizationHeaderMalformed")
        return scope

    # ---- POST under a policy

    def _post(self, request: Request) -> Answer:
        form = parsed(request)
        fields = {name.lower(): value for name, value in form.fields.items()}
        self._scope(fields.get("x-amz-credential", ""), fields.get("x-amz-date", ""))
        key = signing_key(self.secret_key, fields["x-amz-date"][:8], self.region)
        if hmac.new(key, fields["policy"].encode(), hashlib.sha256).hexdigest() != fields["x-amz-signature"]:
            raise Refused(403, "SignatureDoesNotMatch")
        self._check_policy(json.loads(base64.b64decode(fields["policy"])), fields, form)
        stored = Object(form.file, fields.get("content-type", ""))
        self.objects[fields["key"]] = stored
        return int(fields.get("success_action_status", "204")), b"", {"ETag": stored.etag}

    def _check_policy(self, policy: dict[str, Any], fields: dict[str, str], form: Form) -> None:
        expires = datetime.strptime(policy["expiration"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        if expires <= self.clock() or form.last != "file":
            raise Refused(403, "AccessDenied")
        named = set()
        for kind, first, second in policy["conditions"]:
            if kind == "content-length-range":
                if not first <= len(form.file) <= second:
                    raise Refused(400, "EntityTooLarge" if len(form.file) > second else "EntityTooSmall")
                continue
            name = first.removeprefix("$").lower()
            named.add(name)
            value = self.bucket if name == "bucket" else fields.get(name, "")
            if not (value == second if kind == "eq" else value.startswith(second)):
                raise Refused(403, "AccessDenied")
        if set(fields) - named - {"policy", "x-amz-signature"}:
            raise Refused(403, "AccessDenied")  # every field but these must stand in the policy


def _time(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
