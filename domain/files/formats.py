"""What a file really is, told by its bytes: names and headers are a stranger's claims."""

import re
from enum import Enum

from domain.errors import BadUserInput

HEAD_BYTES = 64
TAIL_BYTES = (1 << 16) + 22  # a ZIP archive is recognised by its end, which a comment of 64 KiB may follow

_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_MARKUP = re.compile(rb"<script|<html|<!doctype html|<\?php", re.IGNORECASE)
_ZIP_END = b"PK\x05\x06"


class PictureFormat(Enum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"
    BMP = "image/bmp"
    HEIF = "image/heic"


PICTURE_MIMES = tuple(kind.value for kind in PictureFormat)
PDF_MIME = "application/pdf"

_MAGIC = (
    (b"\xff\xd8\xff", PictureFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", PictureFormat.PNG),
    (b"GIF87a", PictureFormat.GIF),
    (b"GIF89a", PictureFormat.GIF),
    (b"BM", PictureFormat.BMP),
)


def picture_format(head: bytes) -> PictureFormat:
    """`head`: the first HEAD_BYTES. Raises BadUserInput for anything but a picture of a kind we take."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PictureFormat.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return PictureFormat.HEIF
    raise BadUserInput(
        "不支持的图片格式，请上传 JPG、PNG、WebP、HEIC、GIF 或 BMP 图片",
        "This is not a JPEG, PNG, WebP, HEIC, GIF or BMP picture.",
        field="file",
    )


def refuse_second_meaning(content: bytes) -> None:
    """Raises BadUserInput for a picture that is a PDF, a ZIP archive or a page of markup as well."""
    if b"%PDF-" in content[:1024] or _is_zip(content) or _MARKUP.search(content):
        raise BadUserInput(
            "图片文件里夹带了其他内容，请重新拍照或截图后上传",
            "The picture carries content of another kind.",
            field="file",
        )


def check_pdf(content: bytes) -> None:
    """Raises BadUserInput unless `content` begins and ends as a PDF does and is nothing else besides."""
    whole = content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]
    if not whole or _is_zip(content):
        raise BadUserInput("PDF 文件无法识别或不完整", "This is not a whole PDF file.", field="file")


def webp_size(head: bytes) -> tuple[int, int]:
    """Width and height from a WebP header, for its decoder reserves the canvas when it opens the file.

    Zeros for a header which is none. Source: the WebP container specification and RFC 6386, section 9.1.
    """
    chunk, body = head[12:16], head[20:30]
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return 0, 0


def _is_zip(content: bytes) -> bool:
    tail = content[-TAIL_BYTES:]
    start = tail.rfind(_ZIP_END)
    if start < 0 or len(tail) < start + 22:
        return False
    comment_length = int.from_bytes(tail[start + 20 : start + 22], "little")
    return start + 22 + comment_length == len(tail)
