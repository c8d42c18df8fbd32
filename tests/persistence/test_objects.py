"""An object store, be it COS, S3 or the disk, ..."""

import asyncio
import hashlib
import io
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from domain.clock import new_id, utc_now
from domain.errors import NotFound, PayloadTooLarge, UpstreamUnavailable
from domain.files.keys import new_key, thumbnail_key
from domain.files.ports import ObjectHead, ObjectStore
from persistence.objects.cos import CosSettings, CosStore
from persistence.objects.disk import DiskSettings, DiskStore
from persistence.objects.s3 import S3Settings, S3Store
from tests.clock import MovedClock
from tests.loopback import plain_client
from tests.standins import faults
from tests.standins.cos import Cos
from tests.standins.s3 import S3

Vendor = Cos | S3
JPEG = "image/jpeg"


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def cos(clock: MovedClock) -> Iterator[Cos]:
    with Cos(clock=clock) as vendor:
        yield vendor


@pytest.fixture
def s3(clock: MovedClock) -> Iterator[S3]:
    with S3(clock=clock) as vendor:
        yield vendor


def cos_store(cos: Cos, read_s: float = 5.0, deadline_s: float = 10.0) -> CosStore:
    settings = CosSettings(
        bucket=cos.bucket,
        region="ap-guangzhou",
        secret_id=cos.secret_id,
        secret_key=cos.secret_key,
        domain=cos.host,
        scheme="http",
        read_s=read_s,
        deadline_s=deadline_s,
    )
    return CosStore(settings)


def s3_store(s3: S3, read_s: float = 5.0, deadline_s: float = 10.0) -> S3Store:
    settings = S3Settings(s3.url, s3.bucket, s3.access_key, s3.secret_key, read_s=read_s, deadline_s=deadline_s)
    return S3Store(settings)


@pytest.fixture(params=["cos", "s3"])
def vendor(request: pytest.FixtureRequest) -> Vendor:
    vendor: Vendor = request.getfixturevalue(request.param)
    return vendor


@pytest.fixture
async def remote(vendor: Vendor) -> AsyncIterator[ObjectStore]:
    store = cos_store(vendor) if isinstance(vendor, Cos) else s3_store(vendor)
    yield store
    await store.aclose()


@pytest.fixture(params=["cos", "s3", "disk"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ObjectStore]:
    made: CosStore | S3Store | DiskStore
    if request.param == "disk":
        made = DiskStore(DiskSettings(tmp_path / "objects", "http://localhost/files", b"secret"))
    else:
        vendor = request.getfixturevalue(request.param)
        made = cos_store(vendor) if isinstance(vendor, Cos) else s3_store(vendor)
    yield made
    await made.aclose()


def a_key(mime: str = JPEG) -> str:
    return new_key("CHAT_IMAGE", utc_now(), new_id(), mime)


def a_file(folder: Path, content: bytes) -> Path:
    path = folder / f"{new_id()}"
    path.write_bytes(content)
    return path


async def fetched(store: ObjectStore, key: str, max_bytes: int = 1 << 26) -> bytes:
    sink = io.BytesIO()
    told = await store.fetch(key, sink, max_bytes)
    content = sink.getvalue()
    assert (told.bytes, told.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    return content


async def test_gives_back_what_was_put(store: ObjectStore, tmp_path: Path) -> None:
    key, content = a_key(), os.urandom(100_000)
    await store.put(key, a_file(tmp_path, content), JPEG)
    assert await fetched(store, key) == content
    head = await store.head(key)
    assert head == ObjectHead(100_000, JPEG, head.etag if head else "")
    assert head.etag
    assert '"' not in head.etag


async def test_keeps_the_last_of_two_under_one_key(store: ObjectStore, tmp_path: Path) -> None:
    key = a_key()
    await store.put(key, a_file(tmp_path, b"first, longer"), JPEG)
    before = await store.head(key)
    await store.put(key, a_file(tmp_path, b"second"), JPEG)
    after = await store.head(key)
    assert await fetched(store, key) == b"second"
    assert before
    assert after
    assert before.etag != after.etag


async def test_keeps_a_paper_larger_than_a_part(store: ObjectStore, tmp_path: Path) -> None:
    key, content = a_key("application/pdf"), os.urandom(1 << 20) * 35
    await store.put(key, a_file(tmp_path, content), "application/pdf")
    assert await fetched(store, key) == content
    head = await store.head(key)
    assert head is not None
    assert (head.bytes, head.mime) == (35 << 20, "application/pdf")


async def test_keeps_an_empty_file(store: ObjectStore, tmp_path: Path) -> None:
    key = a_key()
    await store.put(key, a_file(tmp_path, b""), JPEG)
    assert await fetched(store, key) == b""


async def test_knows_what_it_does_not_have(store: ObjectStore) -> None:
    key = a_key()
    assert await store.head(key) is None
    with pytest.raises(NotFound):
        await fetched(store, key)
    await store.delete(key)


async def test_forgets_what_was_deleted(store: ObjectStore, tmp_path: Path) -> None:
    key, other = a_key(), a_key()
    for each in (key, other):
        await store.put(each, a_file(tmp_path, b"content"), JPEG)
    await store.delete(key)
    assert await store.head(key) is None
    assert await fetched(store, other) == b"content"


async def test_gives_no_byte_more_than_was_asked_for(store: ObjectStore, tmp_path: Path) -> None:
    key, sink = a_key(), io.BytesIO()
    await store.put(key, a_file(tmp_path, bytes(200_000)), JPEG)
    with pytest.raises(PayloadTooLarge):
        await store.fetch(key, sink, 199_999)
    assert len(sink.getvalue()) <= 199_999
    assert len(await fetched(store, key, 200_000)) == 200_000


async def test_serves_many_at_once(store: ObjectStore, tmp_path: Path) -> None:
    keys = {a_key(): os.urandom(1000) for _ in range(40)}
    await asyncio.gather(*(store.put(key, a_file(tmp_path, content), JPEG) for key, content in keys.items()))
    assert await asyncio.gather(*(fetched(store, key) for key in keys)) == list(keys.values())


async def test_refuses_a_source_that_is_gone(store: ObjectStore, tmp_path: Path) -> None:
    key = a_key()
    with pytest.raises(UpstreamUnavailable):
        await store.put(key, tmp_path / "gone", JPEG)
    assert await store.head(key) is None


# ---- addresses


async def read(url: str) -> httpx.Response:
    async with plain_client() as phone:
        return await phone.get(url)


async def test_signs_addresses_that_a_phone_can_read(remote: ObjectStore, vendor: Vendor, tmp_path: Path) -> None:
    key = a_key()
    await remote.put(key, a_file(tmp_path, b"pixels"), JPEG)
    answer = await read(remote.signed_url(key, 600))
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"pixels", JPEG)
    assert (await read(remote.signed_url(key, 600).partition("?")[0])).status_code == 403


async def test_signs_addresses_that_die_on_time(
    remote: ObjectStore, vendor: Vendor, clock: MovedClock, tmp_path: Path
) -> None:
    key = a_key()
    await remote.put(key, a_file(tmp_path, b"pixels"), JPEG)
    url = remote.signed_url(key, 600)
    clock.forward(seconds=590)
    assert (await read(url)).status_code == 200
    clock.forward(seconds=12)
    assert (await read(url)).status_code == 403


async def test_signs_addresses_that_cannot_be_altered(remote: ObjectStore, vendor: Vendor, tmp_path: Path) -> None:
    key, other = a_key(), a_key()
    for each in (key, other):
        await remote.put(each, a_file(tmp_path, b"pixels"), JPEG)
    url = remote.signed_url(key, 600)
    query = urlsplit(url).query.split("&")
    altered = [url.replace(key, other), url[:-1] + ("0" if url[-1] != "0" else "1")]
    altered += [url.replace(pair, f"{pair}0") for pair in query if "Expires" in pair or "time" in pair]
    altered += [url.replace(pair, "a=b") for pair in query]
    answers = [(await read(each)).status_code for each in altered]
    assert len(answers) > 5
    assert set(answers) <= {400, 403}


async def test_shows_a_thumbnail_of_cleaned_pictures(s3: S3) -> None:
    store, key = s3_store(s3), a_key()
    assert urlsplit(store.signed_url(key, 600, 200)).path == f"/{s3.bucket}/{thumbnail_key(key)}"
    assert urlsplit(store.signed_url(key, 600, 400)).path == f"/{s3.bucket}/{thumbnail_key(key)}"
    assert urlsplit(store.signed_url(key, 600, 401)).path == f"/{s3.bucket}/{key}"
    paper = a_key("application/pdf")
    assert urlsplit(store.signed_url(paper, 600, 200)).path == f"/{s3.bucket}/{paper}"
    await store.aclose()


# ---- tickets


async def sent(store: ObjectStore, fields: dict[str, str], content: bytes, url: str) -> int:
    """As wx.uploadFile sends it: the fields, then one file with a type of the phone's choice."""
    async with plain_client() as phone:
        answer = await phone.post(url, data=fields, files={"file": ("tmp_1.jpg", content, "image/jpeg")})
        return answer.status_code


async def test_lets_a_phone_send_a_file_straight_to_it(remote: ObjectStore, vendor: Vendor) -> None:
    key = a_key("image/png")
    ticket = remote.ticket(key, "image/png", 1000, 900)
    assert ticket.method == "POST"
    assert 890 < (ticket.expires_at - utc_now()).total_seconds() <= 900
    assert await sent(remote, dict(ticket.form_fields), b"x" * 1000, ticket.url) == 200
    assert await fetched(remote, key) == b"x" * 1000
    head = await remote.head(key)
    assert head is not None
    assert (head.bytes, head.mime) == (1000, "image/png")


@pytest.mark.parametrize(("size", "status"), [(0, 400), (1, 200), (1000, 200), (1001, 400)])
async def test_holds_a_phone_to_the_bytes_of_its_ticket(
    size: int, status: int, remote: ObjectStore, vendor: Vendor
) -> None:
    key = a_key()
    ticket = remote.ticket(key, JPEG, 1000, 900)
    assert await sent(remote, dict(ticket.form_fields), b"x" * size, ticket.url) == status
    assert (key in vendor.objects) is (status == 200)


async def test_holds_a_phone_to_every_field_of_its_ticket(remote: ObjectStore, vendor: Vendor) -> None:
    ticket = remote.ticket(a_key(), JPEG, 1000, 900)
    fields = dict(ticket.form_fields)
    changes = {name: f"{value}x" for name, value in fields.items()}
    changes |= {"key": a_key(), "Content-Type": "text/html", "success_action_status": "201"}
    changes["policy"] = fields["policy"][:-8] + "AAAAAAAA"
    free = {"success_action_status"} if isinstance(vendor, Cos) else set()
    for name in set(fields) - free:
        assert await sent(remote, {**fields, name: changes[name]}, b"x", ticket.url) in (400, 403), name
    assert vendor.objects == {}


async def test_takes_no_ticket_after_its_time(remote: ObjectStore, vendor: Vendor, clock: MovedClock) -> None:
    ticket = remote.ticket(a_key(), JPEG, 1000, 900)
    clock.forward(seconds=901)
    assert await sent(remote, dict(ticket.form_fields), b"x", ticket.url) == 403
    assert vendor.objects == {}


# ---- trouble

REFUSED = b"<Error><Code>%b</Code><Message>m</Message><Resource>/</Resource><RequestId>r</RequestId></Error>"
XML = "application/xml"


@pytest.fixture
async def hasty(vendor: Vendor) -> AsyncIterator[ObjectStore]:
    """Gives up after 2 s."""
    store = cos_store(vendor, 0.3, 2.0) if isinstance(vendor, Cos) else s3_store(vendor, 0.3, 2.0)
    yield store
    await store.aclose()


async def unavailable(store: ObjectStore, source: Path) -> None:
    calls = (store.put(a_key(), source, JPEG), store.fetch(a_key(), io.BytesIO(), 1000), store.delete(a_key()))
    for outcome in await asyncio.gather(*calls, return_exceptions=True):
        assert isinstance(outcome, UpstreamUnavailable)
        assert outcome.zh == "文件存储暂时不可用，请稍后再试"


@pytest.mark.parametrize(
    "fault",
    [
        faults.cutting,
        faults.hanging,
        faults.page(502),
        faults.words(403, REFUSED % b"AccessDenied", XML),
        *(
            pytest.param(fault, marks=pytest.mark.slow)
            for fault in (
                faults.page(403),
                faults.page(500),
                faults.words(503, REFUSED % b"SlowDown", XML),
                faults.words(404, REFUSED % b"NoSuchBucket", XML),
                faults.words(403, b"<Error><Code>half", XML),
            )
        ),
    ],
)
async def test_in_trouble_is_unavailable_in_bounded_time(
    fault: faults.Fault, hasty: ObjectStore, vendor: Vendor, tmp_path: Path
) -> None:
    vendor.faults.extend([fault] * 40)
    async with asyncio.timeout(3):
        await unavailable(hasty, a_file(tmp_path, b"content"))
    assert vendor.objects == {}


async def test_that_is_down_is_unavailable_and_back_again_later(
    hasty: ObjectStore, vendor: Vendor, tmp_path: Path
) -> None:
    key, source = a_key(), a_file(tmp_path, b"content")
    await hasty.put(key, source, JPEG)
    vendor.refuse()
    await unavailable(hasty, source)
    with pytest.raises(UpstreamUnavailable):
        await hasty.head(key)
    vendor.listen()
    assert await fetched(hasty, key) == b"content"


async def test_that_stumbles_once_is_asked_again(hasty: ObjectStore, vendor: Vendor, tmp_path: Path) -> None:
    key = a_key()
    vendor.faults.append(faults.page(500))
    await hasty.put(key, a_file(tmp_path, b"content"), JPEG)
    vendor.faults.append(faults.cutting)
    assert await fetched(hasty, key) == b"content"


async def test_that_breaks_off_in_the_middle_gives_nothing(hasty: ObjectStore, vendor: Vendor) -> None:
    vendor.faults.extend([faults.cutting_in_the_body] * 4)
    with pytest.raises(UpstreamUnavailable):
        await hasty.fetch(a_key(), io.BytesIO(), 1000)


async def test_that_hangs_leaves_the_loop_and_other_threads_alone(
    hasty: ObjectStore, vendor: Vendor, tmp_path: Path
) -> None:
    vendor.faults.extend([faults.hanging] * 200)
    source = a_file(tmp_path, b"content")
    puts = [asyncio.create_task(hasty.put(a_key(), source, JPEG)) for _ in range(30)]
    async with asyncio.timeout(1):
        assert await asyncio.to_thread(source.read_bytes) == b"content"
    async with asyncio.timeout(3):
        outcomes = await asyncio.gather(*puts, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {UpstreamUnavailable}


async def test_leaves_no_key_and_no_signature_in_the_log(
    hasty: ObjectStore, vendor: Vendor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key, source = a_key(), a_file(tmp_path, b"content")
    await hasty.put(key, source, JPEG)
    hasty.signed_url(key, 60)
    vendor.faults.extend([faults.page(403), faults.cutting, faults.cutting])
    for _ in range(2):
        with pytest.raises(UpstreamUnavailable):
            await hasty.put(key, source, JPEG)
    shown = caplog.text + repr(vars(hasty))
    assert not [word for word in (vendor.secret_key, "q-signature", "Signature=") if word in shown]
    assert "failed at" in shown or "refused put" in shown
