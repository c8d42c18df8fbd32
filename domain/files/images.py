"""A stranger's picture made safe and small: checked, decoded whole, turned upright, stripped of everything but pixels.

Pure and synchronous: a hostile picture may burn a CPU for long, so `persistence.pictures` runs it in a process
of its own. It takes about 200 MB at most (`python -m tests.bench.pictures` measures it).
"""

import hashlib
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from domain.errors import BadUserInput, DomainError, PayloadTooLarge
from domain.files.formats import HEAD_BYTES, PictureFormat, picture_format, refuse_second_meaning, webp_size
from domain.files.keys import THUMBNAIL_SIDE
from domain.files.picture import CLEAN_MIME, ImageLimits, Picture

_OPENERS: dict[PictureFormat, Callable[[Path], ImageFile]] = {
    PictureFormat.JPEG: JpegImageFile,
    PictureFormat.PNG: PngImageFile,
    PictureFormat.GIF: GifImageFile,
    PictureFormat.WEBP: WebPImageFile,
    PictureFormat.BMP: BmpImageFile,
    PictureFormat.HEIF: HeifImageFile,
}

# How many pixels fit into 200 MB. A JPEG is reduced while it is decoded; a progressive one needs 6 bytes a pixel for
# its coefficients alone. Pillow's WebP holds four copies at 4 bytes a pixel, HEIF takes about 8 bytes, the rest 4 to 7.
_MOST_PIXELS = {
    PictureFormat.JPEG: 80_000_000,
    PictureFormat.PNG: 28_000_000,
    PictureFormat.GIF: 20_000_000,
    PictureFormat.WEBP: 10_000_000,
    PictureFormat.BMP: 28_000_000,
    PictureFormat.HEIF: 24_500_000,
}
_MOST_PIXELS_PROGRESSIVE = 24_000_000
_MOST_PIXELS_TRANSPARENT = 15_500_000

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def clean(source: Path, target: Path, thumbnail: Path, limits: ImageLimits) -> Picture:
    """Writes the cleaned picture to `target` and one of THUMBNAIL_SIDE pixels to `thumbnail`.

    Raises BadUserInput (no picture, damaged, something else besides) or PayloadTooLarge; then nothing is written.
    """
    kind = _checked_bytes(source, limits.max_bytes)
    try:
        upright = _upright(source, kind, limits.max_side)
    except DomainError:
        raise
    except MemoryError as error:
        raise _too_many_pixels() from error
    except Exception as error:  # Pillow and its decoders raise nearly anything for a broken file
        raise _damaged() from error
    kept = _encoded(upright, limits.max_kept_bytes)
    small = upright.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    target.write_bytes(kept.data)
    thumbnail.write_bytes(_jpeg(small, quality=80))
    return Picture(CLEAN_MIME, kept.width, kept.height, len(kept.data), hashlib.sha256(kept.data).hexdigest())


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The size a picture is kept in: no side longer than `side`, never enlarged.

    A strip more than twice as long as wide (a screenshot of a whole report) keeps the area of side x side/2 and
    may be up to four times `side` long: shrunk to `side` its text could not be read.
    """
    longest = max(width, height)
    ratio = longest / min(width, height)
    allowed = side if ratio <= 2 else min(4 * side, side * math.sqrt(ratio / 2))
    scale = min(1.0, allowed / longest)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _checked_bytes(source: Path, max_bytes: int) -> PictureFormat:
    if source.stat().st_size > max_bytes:
        megabytes = max_bytes / (1 << 20)
        raise PayloadTooLarge(
            f"图片不能超过 {megabytes:g} MB", f"A picture may have at most {megabytes:g} MB.", field="file"
        )
    content = source.read_bytes()
    kind = picture_format(content[:HEAD_BYTES])
    refuse_second_meaning(content)
    if kind is PictureFormat.WEBP:
        _check_pixels(webp_size(content[:HEAD_BYTES]), _MOST_PIXELS[kind])
    return kind


def _upright(source: Path, kind: PictureFormat, side: int) -> Image.Image:
    """The decoded pixels in sRGB, reduced, and nothing else."""
    with _OPENERS[kind](source) as image:
        _check_pixels(image.size, _most_pixels(kind, image))
        size = fitted(*image.size, side)
        if kind is PictureFormat.JPEG:
            image.draft(None, size)
        opaque = _opaque(image)
        orientation, profile = _orientation(image), image.info.get("icc_profile")
    reduced = opaque.resize(size, Image.Resampling.LANCZOS, reducing_gap=1.0)
    bare = Image.new("RGB", size)
    bare.paste(_in_srgb(reduced, profile))
    return bare.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else bare


def _most_pixels(kind: PictureFormat, image: ImageFile) -> int:
    if image.info.get("progressive"):
        return _MOST_PIXELS_PROGRESSIVE
    if image.has_transparency_data:
        return min(_MOST_PIXELS[kind], _MOST_PIXELS_TRANSPARENT)
    return _MOST_PIXELS[kind]


def _check_pixels(size: tuple[int, int], most: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise _damaged()
    if width * height > most:
        raise _too_many_pixels()


def _opaque(image: Image.Image) -> Image.Image:
    """In mode L, RGB or CMYK, what was transparent on white."""
    image.load()
    if image.has_transparency_data:
        layered = image if image.mode == "RGBA" else image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(layered, mask=layered)
        return white
    if image.mode.startswith("I"):  # 16 bits a pixel, as X-ray pictures have: keep the upper 8
        return image.convert("I").point([value >> 8 for value in range(1 << 16)], "L")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # broken EXIF data is thrown away with the rest of it
        return 1


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as they were meant: without its profile the red of a rash in a P3 photo would be a paler red."""
    if profile and image.mode != "L":
        try:
            meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image.convert("RGB")
    return image.convert("RGB")


@dataclass(frozen=True, slots=True)
class _Kept:
    data: bytes
    width: int
    height: int


def _encoded(image: Image.Image, max_bytes: int) -> _Kept:
    for quality in (85, 75, 60):
        data = _jpeg(image, quality)
        if len(data) <= max_bytes:
            return _Kept(data, *image.size)
    return _encoded(image.reduce(2), max_bytes)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _damaged() -> BadUserInput:
    return BadUserInput("图片已损坏或不完整，请换一张", "The picture is damaged or incomplete.", field="file")


def _too_many_pixels() -> PayloadTooLarge:
    return PayloadTooLarge("图片尺寸过大，请缩小后再上传", "The picture has too many pixels.", field="file")
