"""How Tencent Cloud and Aliyun want requests signed: pure, byte for byte what is sent.

Sources: cloud.tencent.com/document/api/382/52072 (TC3-HMAC-SHA256) and help.aliyun.com/zh/sdk/product-overview/
v3-request-structure-and-signature (ACS3-HMAC-SHA256).
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class KeyPair:
    id: str
    secret: str = field(repr=False)


def tc3_authorization(keys: KeyPair, host: str, body: bytes, timestamp: int) -> str:
    """For a POST of `application/json` to the root path of the `sms` service; `timestamp` in Unix seconds."""
    scope = f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}/sms/tc3_request"
    signed_headers = "content-type;host"
    canonical = f"POST\n/\n\ncontent-type:application/json\nhost:{host}\n\n{signed_headers}\n{_sha256(body)}"
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{_sha256(canonical.encode())}"
    key = f"TC3{keys.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return f"TC3-HMAC-SHA256 Credential={keys.id}/{scope}, SignedHeaders={signed_headers}, Signature={signature}"


def acs3_query(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(parameters.items()))


def acs3_authorization(keys: KeyPair, query: str, headers: Mapping[str, str]) -> str:
    """For a POST without a body to the root path; `headers`: all that are signed, by their names in lower case."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{value.strip()}\n" for name, value in sorted(headers.items()))
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{headers['x-acs-content-sha256']}"
    text = f"ACS3-HMAC-SHA256\n{_sha256(canonical.encode())}"
    signature = hmac.digest(keys.secret.encode(), text.encode(), "sha256").hex()
    return f"ACS3-HMAC-SHA256 Credential={keys.id},SignedHeaders={names},Signature={signature}"


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
