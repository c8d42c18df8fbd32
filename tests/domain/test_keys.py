"""An object key ..."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import new_id
from domain.files.keys import EXTENSIONS, is_key, mime_of, new_key, thumbnail_key

AT = datetime(2026, 3, 9, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("mime", sorted(EXTENSIONS))
def test_says_what_for_when_and_of_what_kind(mime: str) -> None:
    file_id = new_id()
    key = new_key("CHAT_IMAGE", AT, file_id, mime)
    assert key == f"chat_image/2026/03/{file_id}.{EXTENSIONS[mime]}"
    assert is_key(key)
    assert mime_of(key) == mime


def test_of_a_thumbnail_stands_beside_that_of_its_picture() -> None:
    key = new_key("AVATAR", AT, new_id(), "image/jpeg")
    assert thumbnail_key(key) == key.removesuffix(".jpg") + ".small.jpg"
    assert is_key(thumbnail_key(key))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "../../../etc/passwd",
        "chat_image/2026/03/../../../../etc/passwd",
        "/etc/passwd",
        "chat_image/2026/03/01890000-0000-7000-8000-000000000000.jpg\n",
        "chat_image/2026/03/01890000-0000-7000-8000-000000000000.jpg\0",
        "chat_image/2026/03/01890000-0000-7000-8000-000000000000.exe",
        "chat_image/2026/03/01890000-0000-7000-8000-000000000000",
        "chat_image\\2026\\03\\01890000-0000-7000-8000-000000000000.jpg",
        "chat_image/٢٠٢٦/03/01890000-0000-7000-8000-000000000000.jpg",
        "CHAT/2026/03/01890000-0000-7000-8000-000000000000.jpg",
        "chat_image/2026/03/01890000-0000-7000-8000-000000000000.small.small.jpg",
    ],
)
def test_is_never_what_a_stranger_wrote(text: str) -> None:
    assert not is_key(text)


@given(st.from_regex(r"[a-z_./\\%0-9-]{1,80}\.jpg", fullmatch=True))
def test_never_leaves_its_folder(text: str) -> None:
    root = Path("/srv/files")
    assert not is_key(text) or (root / text).resolve().is_relative_to(root)
