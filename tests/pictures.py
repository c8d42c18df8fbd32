"""Pictures for tests: honest ones in every format, and hostile ones with the code they must be refused with."""

import base64
import gzip
import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from pillow_heif import from_pillow

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 60), (30, 40, 220), (255, 255, 255)


def quarters(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    """Red, green / blue, white: whoever turns or mirrors it can be seen."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    if kind == "HEIF":
        from_pillow(image).save(out, quality=90, **options)
    else:
        image.save(out, kind, **options)
    return out.getvalue()


def honest() -> dict[str, bytes]:
    image = quarters()
    return {
        "jpeg": saved(image, "JPEG", quality=95),
        "png": saved(image, "PNG"),
        "gif": saved(image, "GIF"),
        "bmp": saved(image, "BMP"),
        "webp": saved(image, "WEBP", lossless=True),
        "heic": saved(image, "HEIF"),
    }


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 2, extra: bytes = b"") -> bytes:
    """`pixels`: filtered rows, not yet compressed; `extra`: chunks before them."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    data = png_chunk(b"IDAT", zlib.compress(pixels, 9))
    return b"\x89PNG\r\n\x1a\n" + header + extra + data + png_chunk(b"IEND", b"")


def png_rows(width: int, height: int) -> bytes:
    return (b"\0" + b"\x80\x20\x20" * width) * height


def jpeg_of_separate_scans(width: int, height: int) -> bytes:
    """A grey JPEG whose three components come in a scan each, so that a decoder must hold every coefficient."""
    blocks = (width + 7) // 8 * ((height + 7) // 8)
    quantities = b"\xff\xdb\x00\x43\x00" + b"\x01" * 64
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03\x01\x11\0\x02\x11\0\x03\x11\0"
    # One code a table, one bit long: "0" is DC difference 0, "0" is end of block.
    tables = b"".join(b"\xff\xc4\x00\x14" + bytes([kind]) + b"\x01" + bytes(15) + b"\0" for kind in (0x00, 0x10))
    data = bytes((2 * blocks + 7) // 8)
    scans = b"".join(b"\xff\xda\x00\x08\x01" + bytes([number]) + b"\0\0\x3f\0" + data for number in (1, 2, 3))
    return b"\xff\xd8" + quantities + frame + tables + scans + b"\xff\xd9"


def jpeg_of_many_scans(side: int, scans: int) -> bytes:
    """A small progressive JPEG that asks for the whole picture to be gone over again and again."""
    plain = saved(Image.new("L", (side, side), 128), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:-2] + plain[last:-2] * scans + b"\xff\xd9"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.js", "alert(1)")
    return out.getvalue()


def _patched(content: bytes, offset: int, new: bytes) -> bytes:
    return content[:offset] + new + content[offset + len(new) :]


def _huge_heic(heic: bytes) -> bytes:
    return _patched(heic, heic.index(b"ispe") + 8, struct.pack(">II", 60_000, 60_000))


def _with_comment(jpeg: bytes, comment: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


def _text_bomb(name: bytes, head: bytes) -> bytes:
    bomb = head + zlib.compress(bytes(64 << 20), 9)
    return png(4, 4, png_rows(4, 4), extra=png_chunk(name, bomb))


def not_pictures() -> dict[str, bytes]:
    image, good = quarters(), honest()
    return {
        "nothing": b"",
        "one byte": b"\xff",
        "plain text": b"this is a photo, believe me " * 10,
        "page of html": b"<!doctype html><html><script>alert(1)</script></html>",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
        "zip": _zip(),
        "program": b"\x7fELF\x02\x01\x01" + bytes(200),
        "windows program": b"MZ" + bytes(200),
        "tiff": saved(image, "TIFF"),
        "icon": saved(image, "ICO"),
        "avif": saved(image, "AVIF"),
        "jpeg 2000": saved(image, "JPEG2000"),
        "postscript": saved(image, "EPS"),
        "compressed jpeg": gzip.compress(good["jpeg"]),
        "sound": b"RIFF" + struct.pack("<I", 200) + b"WAVEfmt " + bytes(200),
        "film": b"\0\0\0\x18ftypisom" + bytes(200),
        "data uri": b"data:image/jpeg;base64," + base64.b64encode(good["jpeg"]),
        "jpeg after a line of text": b"\r\n" + good["jpeg"],
    }


def headers_only() -> dict[str, bytes]:
    return {
        "jpeg magic": b"\xff\xd8\xff",
        "png magic": b"\x89PNG\r\n\x1a\n",
        "gif magic": b"GIF89a",
        "bmp magic": b"BM",
        "webp magic": b"RIFF\x20\0\0\0WEBPVP8 ",
        "webp of an unknown chunk": b"RIFF\x20\0\0\0WEBPABCD" + bytes(64),
        "heic magic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "heic brand over an mp4": b"\0\0\0\x18ftypheic\0\0\0\0isommp41" + b"\0\0\0\x08free" * 8,
    }


def damaged() -> dict[str, bytes]:
    good = honest()
    halves = {f"{kind} cut in half": content[: len(content) // 2] for kind, content in good.items()}
    return halves | {
        "jpeg without its last 200 bytes": good["jpeg"][:-200],
        "png without its last pixels": good["png"][:-40],
        "png of a broken stream": good["png"].replace(b"IDAT\x78", b"IDAT\x00"),
        "png of a broken header sum": _patched(good["png"], 29, b"\0\0\0\0"),
        "png of no width": png(0, 64, png_rows(0, 64)),
        "png of an impossible depth": png(4, 4, png_rows(4, 4), depth=7),
        "png without pixels": good["png"][:33] + png_chunk(b"IEND", b""),
        "png magic over a jpeg": b"\x89PNG\r\n\x1a\n" + good["jpeg"],
        "jpeg magic over a png": b"\xff\xd8\xff" + good["png"],
        "jpeg magic over zeros": b"\xff\xd8\xff\xe0" + bytes(4000),
        "bmp of an unknown compression": _patched(good["bmp"], 30, struct.pack("<I", 99)),
        "webp magic over a jpeg": b"RIFF\x20\0\0\0WEBPVP8 " + good["jpeg"],
        "heic without its pixels": good["heic"][: good["heic"].index(b"mdat") + 4],
        "png of a colour profile that explodes": _text_bomb(b"iCCP", b"x\0\0"),
        "png of a text that explodes": _text_bomb(b"zTXt", b"x\0\0"),
    }


def polyglots() -> dict[str, bytes]:
    good = honest()
    return {
        "jpeg and zip": good["jpeg"] + _zip(),
        "png and zip": good["png"] + _zip(),
        "gif and zip with a comment": good["gif"] + _zip()[:-2] + b"\x05\0hello",
        "jpeg and pdf": _with_comment(good["jpeg"], b"%PDF-1.4 1 0 obj"),
        "gif and script": good["gif"] + b"/*<SCRIPT>alert(1)</SCRIPT>*/",
        "bmp and page": good["bmp"] + b"<html><body onload=alert(1)>",
        "jpeg and php": _with_comment(good["jpeg"], b"<?php system($_GET[0]); ?>"),
        "png and page in a text chunk": png(4, 4, png_rows(4, 4), extra=png_chunk(b"tEXt", b"a\0<!DOCTYPE html>")),
    }


def bombs() -> dict[str, bytes]:
    """More pixels than may be decoded; all small files."""
    good = honest()
    jpeg, gif, bmp, webp = good["jpeg"], good["gif"], good["bmp"], good["webp"]
    frame = jpeg.index(b"\xff\xc0")
    return {
        "png of 900 megapixels in a few kilobytes": png(
            30_000, 30_000, bytes(30_000 // 8 + 1) * 30_000, depth=1, colour=0
        ),
        "png that claims two thousand million a side": png(2**31 - 1, 2**31 - 1, b""),
        "png ten pixels wide and ten million high": png(10, 10_000_000, b""),
        "jpeg that claims 65500 a side": _patched(jpeg, frame + 5, struct.pack(">HH", 65_500, 65_500)),
        "gif that claims 65535 a side": _patched(gif, 6, b"\xff\xff\xff\xff"),
        "bmp that claims 40000 a side": _patched(bmp, 18, struct.pack("<ii", 40_000, 40_000)),
        "bmp upside down and endless": _patched(bmp, 18, struct.pack("<ii", 40_000, -40_000)),
        "webp that claims 16384 a side": _patched(webp, 21, b"\xff\xff\xff\x0f"),
        "extended webp that claims 16 million a side": webp[:12]
        + b"VP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + b"\xff" * 6,
        "heic that claims 60000 a side": _huge_heic(good["heic"]),
        "progressive jpeg of 30 megapixels": saved(Image.new("L", (6000, 5000)), "JPEG", progressive=True),
    }
