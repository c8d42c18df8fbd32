"""Object keys, `purpose/yyyy/mm/<uuid>.<ext>`: made here only, so that no store ever sees a name a stranger chose."""

import re
from datetime import datetime
from uuid import UUID

THUMBNAIL_SIDE = 400  # pixels, the longest side of the thumbnail that every cleaned picture has

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/heic": "heic",
    "application/pdf": "pdf",
}
MIMES = {extension: mime for mime, extension in EXTENSIONS.items()}

_KEY = re.compile(
    r"[a-z][a-z_]{0,31}/\d{4}/\d{2}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.small)?\.[a-z]{3,4}", re.ASCII
)


def new_key(purpose: str, at: datetime, file_id: UUID, mime: str) -> str:
    """Raises KeyError for a mime of no kind that is stored."""
    return f"{purpose.lower()}/{at:%Y/%m}/{file_id}.{EXTENSIONS[mime]}"


def thumbnail_key(key: str) -> str:
    """Where the thumbnail of a cleaned picture is kept."""
    stem, _, extension = key.rpartition(".")
    return f"{stem}.small.{extension}"


def key_to_show(key: str, side: int | None) -> str:
    """For stores that cannot scale: the thumbnail where it is large enough for `side` pixels, else the whole."""
    scaled = side is not None and side <= THUMBNAIL_SIDE and mime_of(key) == "image/jpeg"
    return thumbnail_key(key) if scaled else key


def mime_of(key: str) -> str:
    return MIMES[key.rpartition(".")[2]]


def is_key(text: str) -> bool:
    """True only for what `new_key` and `thumbnail_key` make; such a text cannot leave the folder it is put into."""
    return bool(_KEY.fullmatch(text)) and text.rpartition(".")[2] in MIMES
