"""The store on the disk ..."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.clock import new_id, utc_now
from domain.errors import Forbidden, NotFound, UpstreamUnavailable
from domain.files.keys import new_key, thumbnail_key
from persistence.objects.disk import INCOMING, DiskSettings, DiskStore, Grant
from tests.clock import MovedClock
from tests.waiting import until

URL = "https://example.org/files"
JPEG = "image/jpeg"


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
async def store(tmp_path: Path, clock: MovedClock) -> AsyncIterator[DiskStore]:
    store = DiskStore(DiskSettings(tmp_path / "objects", URL, b"sesame"), clock)
    yield store
    await store.aclose()


def a_key(mime: str = JPEG) -> str:
    return new_key("CHAT_IMAGE", utc_now(), new_id(), mime)


async def kept(store: DiskStore, folder: Path, content: bytes = b"pixels") -> str:
    key, source = a_key(), folder / "source"
    source.write_bytes(content)
    await store.put(key, source, JPEG)
    return key


def parts(url: str) -> tuple[str, str, str]:
    """Key, expiry, signature."""
    split = urlsplit(url)
    query = parse_qs(split.query, strict_parsing=True)
    assert f"{split.scheme}://{split.netloc}{split.path}".startswith(f"{URL}/")
    return split.path.removeprefix("/files/"), query["expires"][0], query["signature"][0]


async def test_opens_what_it_signed_until_its_time_is_over(store: DiskStore, tmp_path: Path, clock: MovedClock) -> None:
    key = await kept(store, tmp_path)
    signed = parts(store.signed_url(key, 600))
    assert store.opened(*signed).read_bytes() == b"pixels"
    clock.forward(seconds=598)
    assert store.opened(*signed).read_bytes() == b"pixels"
    clock.forward(seconds=3)
    with pytest.raises(NotFound):
        store.opened(*signed)


async def test_opens_nothing_whose_address_was_altered(store: DiskStore, tmp_path: Path) -> None:
    key, other = await kept(store, tmp_path), await kept(store, tmp_path)
    _, expires, signature = parts(store.signed_url(key, 600))
    foreign = parts(DiskStore(DiskSettings(tmp_path / "objects", URL, b"other")).signed_url(key, 600))
    wrong = [
        (other, expires, signature),
        (key, str(int(expires) + 1), signature),
        (key, f" {expires}", signature),
        (key, "", signature),
        (key, "never", signature),
        (key, expires, ""),
        (key, expires, signature[:-1]),
        (key, expires, signature.swapcase()),
        (key, expires, f"{signature}="),
        (key, expires, "é\ud800"),
        (f"{key}\n{expires}", "", signature),
        (f"./{key}", expires, signature),
        (f"../objects/{key}", expires, signature),
        foreign,
    ]
    for attempt in wrong:
        with pytest.raises(NotFound):
            store.opened(*attempt)


async def test_tells_a_missing_file_from_a_wrong_signature_to_nobody(store: DiskStore) -> None:
    signed = parts(store.signed_url(a_key(), 600))
    with pytest.raises(NotFound) as missing:
        store.opened(*signed)
    with pytest.raises(NotFound) as forged:
        store.opened(signed[0], signed[1], "forged")
    assert (missing.value.zh, missing.value.en) == (forged.value.zh, forged.value.en)


def test_signs_the_thumbnail_of_a_cleaned_picture(store: DiskStore) -> None:
    key = a_key()
    assert parts(store.signed_url(key, 600, 200))[0] == thumbnail_key(key)
    assert parts(store.signed_url(key, 600, 401))[0] == key
    assert parts(store.signed_url(a_key("application/pdf"), 600, 200))[0].endswith(".pdf")


@pytest.mark.parametrize("key", ["../secret", "/etc/passwd", "a/../../secret", "", ".", "chat_image/2026/01/x.jpg"])
async def test_touches_nothing_outside_its_folder(key: str, store: DiskStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("untouched")
    with pytest.raises(NotFound):
        await store.put(key, secret, JPEG)
    with pytest.raises(NotFound):
        await store.delete(key)
    with pytest.raises(NotFound):
        await store.head(key)
    assert (secret.read_text(), os.listdir(tmp_path)) == ("untouched", ["secret"])


async def test_grants_what_its_ticket_says(store: DiskStore, clock: MovedClock) -> None:
    key = a_key()
    ticket = store.ticket(key, JPEG, 5000, 900)
    assert (ticket.method, ticket.url, ticket.headers) == ("POST", URL, {})
    assert store.granted(ticket.form_fields) == Grant(key, JPEG, 5000)
    assert timedelta(seconds=899) <= ticket.expires_at - clock() <= timedelta(seconds=900)
    clock.forward(seconds=901)
    with pytest.raises(Forbidden) as refused:
        store.granted(ticket.form_fields)
    assert refused.value.zh == "上传凭证无效或已过期，请重新上传"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key", "chat_image/2026/01/01890000-0000-7000-8000-000000000000.jpg"),
        ("Content-Type", "text/html"),
        ("max_bytes", "50000000"),
        ("expires", "99999999999"),
        ("expires", "never"),
        ("signature", ""),
        ("max_bytes", "5000\n1"),
    ],
)
async def test_grants_nothing_for_an_altered_ticket(name: str, value: str, store: DiskStore) -> None:
    fields = dict(store.ticket(a_key(), JPEG, 5000, 900).form_fields)
    with pytest.raises(Forbidden):
        store.granted({**fields, name: value})
    with pytest.raises(Forbidden):
        store.granted({field: text for field, text in fields.items() if field != name})


async def test_takes_no_download_signature_for_an_upload(store: DiskStore) -> None:
    key = a_key()
    _, expires, signature = parts(store.signed_url(key, 600))
    with pytest.raises(Forbidden):
        store.granted({"key": key, "expires": expires, "signature": signature})


@given(
    fields=st.dictionaries(
        st.sampled_from(["key", "Content-Type", "max_bytes", "expires", "signature", "x"]), st.text()
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_grants_nothing_by_chance(fields: dict[str, str], store: DiskStore) -> None:
    with pytest.raises(Forbidden):
        store.granted(fields)


async def test_leaves_nothing_behind_but_the_object(store: DiskStore, tmp_path: Path) -> None:
    key = await kept(store, tmp_path)
    files = [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]
    assert files == [tmp_path / "objects" / key]


async def test_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "objects").write_text("a file where the folder should be")
    store = DiskStore(DiskSettings(tmp_path / "objects", URL, b"sesame"))
    with pytest.raises(UpstreamUnavailable):
        await kept(store, tmp_path)
    await store.aclose()


WRITER = """
import asyncio, sys
from pathlib import Path
from domain.clock import new_id, utc_now
from domain.files.keys import new_key
from persistence.objects.disk import DiskSettings, DiskStore

async def main():
    store = DiskStore(DiskSettings(Path(sys.argv[1]), "http://localhost", b"sesame"))
    while True:
        await store.put(new_key("REPORT", utc_now(), new_id(), "image/jpeg"), Path(sys.argv[2]), "image/jpeg")

asyncio.run(main())
"""


async def test_shows_whole_files_only_after_kill_9(tmp_path: Path) -> None:
    source, root = tmp_path / "source", tmp_path / "objects"
    source.write_bytes(b"whole" * 1_000_000)
    for round_ in range(4):
        writer = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, str(root), str(source))
        await until(lambda wanted=3 * (round_ + 1): len(list(root.rglob("*.jpg"))) >= wanted)  # type: ignore[misc]
        writer.send_signal(signal.SIGKILL)
        await writer.wait()
    sizes = {path.stat().st_size for path in root.rglob("*.jpg")}
    assert sizes == {5_000_000}


async def test_sweeps_what_a_killed_process_left(store: DiskStore, tmp_path: Path, clock: MovedClock) -> None:
    key = await kept(store, tmp_path)
    incoming = tmp_path / "objects" / INCOMING
    (incoming / "half").write_bytes(b"pix")
    assert await store.sweep() == 0
    clock.forward(hours=25)
    assert await store.sweep() == 1
    assert list(incoming.iterdir()) == []
    assert await store.head(key) is not None
