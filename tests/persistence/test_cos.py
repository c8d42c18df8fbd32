"""Tencent COS ..."""

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from domain.clock import new_id, utc_now
from domain.errors import ContentBlocked
from domain.files.keys import new_key
from persistence.objects.cos import CosSettings, CosStore, policy_signature, post_fields
from tests.loopback import plain_client
from tests.standins import cos as standin
from tests.standins import faults
from tests.standins.cos import Cos

KEY_TIME = "1700000000;1700000900"
POLICY = (
    '{"expiration":"2023-11-14T22:28:20.000Z","conditions":[{"q-sign-algorithm":"sha1"},{"q-ak":"AKIDtest"},'
    '{"q-sign-time":"1700000000;1700000900"},{"bucket":"b-1250000000"},{"key":"u/7/a.png"},'
    '["content-length-range",1,5242880]]}'
)
ABROAD = CosSettings("b-1250000000", "ap-guangzhou", "AKIDtest", "sk")


@pytest.fixture
def cos() -> Iterator[Cos]:
    with Cos() as vendor:
        yield vendor


def a_key(mime: str = "image/jpeg") -> str:
    return new_key("CHAT_IMAGE", utc_now(), new_id(), mime)


def test_policies_are_signed_as_the_vendor_signs() -> None:
    wanted = "b03f36f27be5d373d2c83b95f6ecc3c0e955958f"
    assert policy_signature("sk", KEY_TIME, POLICY) == wanted
    assert standin.policy_signature("sk", KEY_TIME, POLICY.encode()) == wanted


def test_requests_are_verified_by_the_stand_in_as_the_vendor_does() -> None:
    host = {"host": "b-1250000000.cos.ap-guangzhou.myqcloud.com"}
    text = standin.http_string("GET", "/u/甲 a+b.png", {}, host)
    assert standin.hex_hmac("sk", KEY_TIME) == "554e881f3106b242e630e452e5548bb3cc4eb289"
    assert standin.request_signature("sk", KEY_TIME, KEY_TIME, text) == "705aef0829d83489d694b89fc30c802d555df9f2"


def test_policies_bind_everything_a_phone_could_change() -> None:
    start, end = datetime.fromtimestamp(1_700_000_000, UTC), datetime.fromtimestamp(1_700_000_900, UTC)
    fields = post_fields(ABROAD, start, end, "u/7/a.png", "image/png", 5_242_880)
    policy = json.loads(b64decode(fields["policy"]))
    assert policy == {
        "expiration": "2023-11-14T22:28:20.000Z",
        "conditions": [
            {"q-sign-algorithm": "sha1"},
            {"q-ak": "AKIDtest"},
            {"q-sign-time": KEY_TIME},
            {"bucket": "b-1250000000"},
            {"key": "u/7/a.png"},
            ["eq", "$Content-Type", "image/png"],
            ["content-length-range", 1, 5_242_880],
        ],
    }
    assert list(fields)[:2] == ["key", "Content-Type"]
    assert "sk" not in fields.values()


async def test_is_reached_at_the_host_of_its_bucket() -> None:
    store, key = CosStore(ABROAD), a_key()
    host = "b-1250000000.cos.ap-guangzhou.myqcloud.com"
    assert urlsplit(store.signed_url(key, 600))[:3] == ("https", host, f"/{key}")
    assert store.ticket(key, "image/jpeg", 1000, 900).url == f"https://{host}/"
    await store.aclose()


async def test_is_reached_at_a_domain_of_ones_own() -> None:
    store = CosStore(CosSettings("b-1250000000", "ap-guangzhou", "AKIDtest", "sk", domain="img.example.org"))
    assert urlsplit(store.signed_url(a_key(), 600)).netloc == "img.example.org"
    assert store.ticket(a_key(), "image/jpeg", 1000, 900).url == "https://img.example.org/"
    await store.aclose()


async def test_scales_pictures_itself_under_a_signature(cos: Cos) -> None:
    store = CosStore(
        CosSettings(cos.bucket, "ap-guangzhou", cos.secret_id, cos.secret_key, domain=cos.host, scheme="http")
    )
    key = a_key()
    cos.objects[key] = standin.Object(b"pixels", "image/jpeg")
    url = store.signed_url(key, 600, 320)
    names = [unquote(name) for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)]
    assert names[-1] == "imageMogr2/thumbnail/320x320"
    async with plain_client() as phone:
        assert (await phone.get(url)).content == b"pixels"
        assert (await phone.get(url.replace("320x320", "999x999"))).status_code == 403
    assert "imageMogr2" not in store.signed_url(a_key("application/pdf"), 600, 320)
    await store.aclose()


async def test_content_that_the_vendor_blocks_is_told_as_such(cos: Cos) -> None:
    store = CosStore(
        CosSettings(cos.bucket, "ap-guangzhou", cos.secret_id, cos.secret_key, domain=cos.host, scheme="http")
    )
    cos.faults.append(faults.page(451))
    with pytest.raises(ContentBlocked):
        await store.head(a_key())
    await store.aclose()


def test_settings_never_show_their_key() -> None:
    assert "sk" not in repr(ABROAD).replace("secret_key", "")
