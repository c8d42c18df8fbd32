"""A stranger's picture ..."""

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from domain.errors import BadUserInput, DomainError, PayloadTooLarge
from domain.files.images import clean, fitted
from domain.files.picture import ImageLimits, Picture
from tests import pictures
from tests.examples import examples
from tests.pictures import BLUE, GREEN, RED, WHITE, quarters, saved

GPS_TAG, MAKE_TAG, ORIENTATION_TAG = 0x8825, 0x010F, 0x0112
# Pillow warns of broken metadata, which is thrown away anyway; the child process runs with -W ignore.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
HOSTILE = [
    *((name, content, BadUserInput) for name, content in pictures.not_pictures().items()),
    *((name, content, BadUserInput) for name, content in pictures.headers_only().items()),
    *((name, content, BadUserInput) for name, content in pictures.damaged().items()),
    *((name, content, BadUserInput) for name, content in pictures.polyglots().items()),
    *((name, content, PayloadTooLarge) for name, content in pictures.bombs().items()),
]


@pytest.fixture
def cleaned(tmp_path: Path) -> Callable[..., tuple[Picture, Image.Image, bytes]]:
    def run(content: bytes, limits: ImageLimits | None = None) -> tuple[Picture, Image.Image, bytes]:
        source, target, small = tmp_path / "source", tmp_path / "target", tmp_path / "small"
        source.write_bytes(content)
        picture = clean(source, target, small, limits or ImageLimits())
        kept = target.read_bytes()
        assert (picture.bytes, picture.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
        with Image.open(small) as thumbnail:
            assert max(thumbnail.size) <= 400
        image = Image.open(io.BytesIO(kept), formats=["JPEG"])
        assert (picture.width, picture.height) == image.size
        return picture, image, kept

    return run


Cleaned = Callable[..., tuple[Picture, Image.Image, bytes]]


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """Top left, top right, bottom left, bottom right."""
    width, height = image.size
    at = ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75))
    colours = [image.convert("RGB").getpixel((int(width * x), int(height * y))) for x, y in at]
    return [colour for colour in colours if isinstance(colour, tuple)]


def like(found: list[tuple[int, ...]], wanted: list[tuple[int, ...]], within: int = 12) -> bool:
    return all(
        abs(a - b) <= within for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


def segments(jpeg: bytes) -> set[int]:
    """The markers before the pixels."""
    found, position = set(), 2
    while jpeg[position + 1] != 0xDA:
        found.add(jpeg[position + 1])
        position += 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
    return found


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "bmp", "webp", "heic"])
def test_of_each_kind_is_kept_as_a_jpeg_of_the_same_pixels(kind: str, cleaned: Cleaned) -> None:
    picture, image, _ = cleaned(pictures.honest()[kind])
    assert (picture.mime, picture.width, picture.height) == ("image/jpeg", 96, 64)
    assert like(corners(image), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize(("content", "error"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_that_is_hostile_is_refused_and_leaves_nothing(
    content: bytes, error: type[DomainError], tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    with pytest.raises(error) as refused:
        clean(source, tmp_path / "target", tmp_path / "small", ImageLimits())
    assert refused.value.field == "file"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.zh)
    assert list(tmp_path.iterdir()) == [source]


def test_hostile_cases_are_more_than_forty() -> None:
    assert len({content for _, content, _ in HOSTILE}) == len(HOSTILE) >= 60


def test_with_too_many_bytes_is_refused(cleaned: Cleaned) -> None:
    jpeg = pictures.honest()["jpeg"]
    cleaned(jpeg, ImageLimits(max_bytes=len(jpeg)))
    with pytest.raises(PayloadTooLarge, match="at most") as refused:
        cleaned(jpeg, ImageLimits(max_bytes=len(jpeg) - 1))
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (1, [RED, GREEN, BLUE, WHITE]),
        (2, [GREEN, RED, WHITE, BLUE]),
        (3, [WHITE, BLUE, GREEN, RED]),
        (4, [BLUE, WHITE, RED, GREEN]),
        (5, [RED, BLUE, GREEN, WHITE]),
        (6, [BLUE, RED, WHITE, GREEN]),
        (7, [WHITE, GREEN, BLUE, RED]),
        (8, [GREEN, WHITE, RED, BLUE]),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_is_turned_upright(kind: str, orientation: int, stored: list[tuple[int, ...]], cleaned: Cleaned) -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    picture, image, _ = cleaned(saved(quarters(), kind, exif=exif, quality=95))
    assert like(corners(image), stored)
    assert (picture.width, picture.height) == ((96, 64) if orientation < 5 else (64, 96))


def test_of_heic_is_turned_upright_once(cleaned: Cleaned) -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = 6
    _, image, _ = cleaned(saved(quarters(), "HEIF", exif=exif.tobytes()))
    assert like(corners(image), [BLUE, RED, WHITE, GREEN])


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_with_an_unknown_orientation_stays_as_it_is(orientation: int, cleaned: Cleaned) -> None:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    _, image, _ = cleaned(saved(quarters(), "JPEG", exif=exif))
    assert like(corners(image), [RED, GREEN, BLUE, WHITE])


def test_with_broken_exif_data_is_taken_without_it(cleaned: Cleaned) -> None:
    _, image, _ = cleaned(saved(quarters(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\x13" * 40))
    assert like(corners(image), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_does_not_carry_where_and_with_what_it_was_taken(kind: str, cleaned: Cleaned) -> None:
    exif = Image.Exif()
    exif[MAKE_TAG] = "SecretCam"
    exif[GPS_TAG] = {1: "N", 2: (IFDRational(39), IFDRational(54), IFDRational(27)), 29: "2024:05:06"}
    options: dict[str, object] = {"exif": exif.tobytes(), "xmp": b"<x:xmpmeta>SecretPlace</x:xmpmeta>"}
    content = saved(quarters(), kind, **options)
    assert b"SecretCam" in content
    assert b"SecretPlace" in content or kind == "PNG"

    _, image, kept = cleaned(content)

    assert not image.getexif()
    assert not image.getexif().get_ifd(GPS_TAG)
    assert b"Secret" not in kept
    assert b"2024:05:06" not in kept
    assert segments(kept) <= {0xE0, 0xDB, 0xC0, 0xC4}


def test_loses_its_comment(cleaned: Cleaned) -> None:
    _, _, kept = cleaned(saved(quarters(), "JPEG", comment=b"SecretComment"))
    assert b"Secret" not in kept
    assert segments(kept) <= {0xE0, 0xDB, 0xC0, 0xC4}


def test_loses_its_profile_and_what_its_camera_wrote(cleaned: Cleaned) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = "SecretComment"
    jpeg = saved(quarters(), "JPEG", icc_profile=profile, comment=b"SecretComment", exif=exif, dpi=(300, 300))
    _, _, kept = cleaned(jpeg)
    assert b"Secret" not in kept
    assert segments(kept) <= {0xE0, 0xDB, 0xC0, 0xC4}


def red_and_green_swapped() -> bytes:
    """An sRGB profile in whose table of tags the names of red and green changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"????", b"gXYZ", 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_with_a_colour_profile_keeps_the_colours_that_were_meant(kind: str, cleaned: Cleaned) -> None:
    _, image, _ = cleaned(saved(quarters(), kind, icc_profile=red_and_green_swapped(), quality=95))
    assert like(corners(image), [(30, 220, 30), (200, 30, 60), (40, 30, 220), WHITE], within=20)


@pytest.mark.parametrize("profile", [b"", b"no profile", b"\0" * 200])
def test_with_a_broken_colour_profile_is_taken_as_srgb(profile: bytes, cleaned: Cleaned) -> None:
    _, image, _ = cleaned(saved(quarters(), "JPEG", icc_profile=profile, quality=95))
    assert like(corners(image), [RED, GREEN, BLUE, WHITE])


def test_that_is_transparent_is_laid_on_white(cleaned: Cleaned) -> None:
    glass = quarters(mode="RGBA")
    glass.paste((0, 0, 0, 0), (0, 0, 48, 32))
    half = quarters(mode="RGBA")
    half.putalpha(128)
    for kind in ("PNG", "WEBP", "HEIF"):
        assert like(corners(cleaned(saved(glass, kind))[1]), [WHITE, GREEN, BLUE, WHITE], within=20)
    pale = [tuple((part + 255) // 2 for part in colour) for colour in (RED, GREEN, BLUE, WHITE)]
    assert like(corners(cleaned(saved(half, "PNG"))[1]), pale)


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_with_a_palette_and_a_transparent_colour_is_laid_on_white(kind: str, cleaned: Cleaned) -> None:
    image = quarters().quantize(4)
    red = image.getpixel((4, 4))
    _, kept, _ = cleaned(saved(image, kind, transparency=red))
    assert like(corners(kept), [WHITE, GREEN, BLUE, WHITE], within=20)


def test_of_cmyk_is_kept_in_rgb(cleaned: Cleaned) -> None:
    _, image, _ = cleaned(saved(quarters(mode="CMYK"), "JPEG", quality=95))
    assert image.mode == "RGB"
    assert like(corners(image), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_png_of_every_depth_is_taken(mode: str, cleaned: Cleaned) -> None:
    picture, image, _ = cleaned(saved(quarters().convert("L").convert(mode), "PNG"))
    assert (picture.width, picture.height, image.mode) == (96, 64, "RGB")


def test_of_sixteen_bits_a_pixel_keeps_its_upper_eight(cleaned: Cleaned) -> None:
    xray = Image.new("I", (96, 64), 0)
    for index, value in enumerate((0, 0x4000, 0x8000, 0xFFFF)):
        xray.paste(value, (index % 2 * 48, index // 2 * 32, index % 2 * 48 + 48, index // 2 * 32 + 32))
    _, image, _ = cleaned(saved(xray.convert("I;16"), "PNG"))
    assert like(corners(image), [(0,) * 3, (0x40,) * 3, (0x80,) * 3, (0xFF,) * 3], within=2)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_that_moves_is_kept_as_its_first_frame(kind: str, cleaned: Cleaned) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in (BLUE, GREEN)]
    options: dict[str, object] = {"save_all": True, "append_images": [quarters(64, 64), *frames]}
    _, image, _ = cleaned(saved(Image.new("RGB", (64, 64), RED), kind, **options))
    assert like(corners(image), [RED] * 4, within=20)


@pytest.mark.parametrize(
    ("size", "kept"), [((4000, 3000), (2048, 1536)), ((3000, 4000), (1536, 2048)), ((64, 64), (64, 64))]
)
def test_is_bounded_and_never_enlarged(size: tuple[int, int], kept: tuple[int, int], cleaned: Cleaned) -> None:
    picture, image, _ = cleaned(saved(quarters(*size), "JPEG", quality=95))
    assert (picture.width, picture.height) == kept
    assert like(corners(image), [RED, GREEN, BLUE, WHITE])


def test_that_is_a_long_screenshot_stays_readable(cleaned: Cleaned) -> None:
    picture, _, _ = cleaned(saved(quarters(1080, 12_000, "L"), "PNG"))
    assert (picture.width, picture.height) == (434, 4827)


def test_of_noise_is_kept_within_its_bytes(cleaned: Cleaned) -> None:
    noise = Image.effect_noise((1500, 1500), 255).convert("RGB")
    limits = ImageLimits(max_kept_bytes=350_000)
    picture, _, kept = cleaned(saved(noise, "PNG"), limits)
    assert len(kept) <= 350_000
    assert (picture.width, picture.height) == (750, 750)


@given(st.integers(1, 100_000), st.integers(1, 100_000), st.integers(64, 4096))
def test_fits_whatever_its_shape(width: int, height: int, side: int) -> None:
    new_width, new_height = fitted(width, height, side)
    assert 1 <= new_width <= width
    assert 1 <= new_height <= height
    assert max(new_width, new_height) <= (side if max(width, height) <= 2 * min(width, height) else 4 * side)
    assert new_width * new_height <= side * side + side * 4


@given(kind=st.sampled_from(["jpeg", "png", "gif", "bmp", "webp", "heic"]), data=st.data())
@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_with_any_bytes_changed_is_a_clean_jpeg_or_a_clear_refusal(
    kind: str, data: st.DataObject, tmp_path: Path
) -> None:
    content = bytearray(pictures.honest()[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(content)))
    source, target, small = tmp_path / "source", tmp_path / "target", tmp_path / "small"
    source.write_bytes(content[: end or None])
    target.unlink(missing_ok=True)
    with suppress(BadUserInput, PayloadTooLarge):
        clean(source, target, small, ImageLimits())
    assert not target.exists() or segments(target.read_bytes()) <= {0xE0, 0xDB, 0xC0, 0xC4}
