"""A file ..."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from domain.errors import BadUserInput
from domain.files.formats import PictureFormat, check_pdf, picture_format, refuse_second_meaning, webp_size
from tests import pictures

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def test_is_known_by_its_bytes() -> None:
    kinds = {name: picture_format(content[:64]) for name, content in pictures.honest().items()}
    assert kinds == {
        "jpeg": PictureFormat.JPEG,
        "png": PictureFormat.PNG,
        "gif": PictureFormat.GIF,
        "bmp": PictureFormat.BMP,
        "webp": PictureFormat.WEBP,
        "heic": PictureFormat.HEIF,
    }


@pytest.mark.parametrize("content", [PDF, PDF + b"\n" * 1000])
def test_that_is_a_pdf_is_taken(content: bytes) -> None:
    check_pdf(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF", PDF[:-6], b"\n" + PDF, PDF + b"\0" * 1025, PDF.lower(), pictures.honest()["jpeg"], b"<html>" + PDF],
)
def test_that_is_no_whole_pdf_is_refused(content: bytes) -> None:
    with pytest.raises(BadUserInput) as refused:
        check_pdf(content)
    assert (refused.value.field, refused.value.zh) == ("file", "PDF 文件无法识别或不完整")


def test_that_is_a_pdf_and_a_zip_is_refused() -> None:
    with pytest.raises(BadUserInput):
        check_pdf(PDF[:-7] + pictures.not_pictures()["zip"][:-2] + b"\x07\0\n%%EOF\n")


@given(st.binary(max_size=300))
def test_with_a_zip_ending_by_chance_is_no_zip(noise: bytes) -> None:
    refuse_second_meaning(b"\x89PNG PK\x05\x06" + bytes(16) + b"\xff\xff" + noise.replace(b"<", b"").replace(b"%", b""))


@pytest.mark.parametrize("size", [(1, 1), (96, 64), (2000, 3), (16383, 2)])
@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_of_webp_tells_its_size_before_it_is_decoded(size: tuple[int, int], lossless: bool, mode: str) -> None:
    glass = Image.new(mode, size, (10, 20, 30, 40)[: len(mode)])
    assert webp_size(pictures.saved(glass, "WEBP", lossless=lossless)[:64]) == size
