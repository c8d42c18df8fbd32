"""What cleaning a picture takes and gives; the cleaning itself, and Pillow, live in another process."""

from dataclasses import dataclass

CLEAN_MIME = "image/jpeg"


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """Bytes of the file that comes in; longest side in pixels and bytes of the picture that is kept."""

    max_bytes: int = 10 << 20
    max_side: int = 2048
    max_kept_bytes: int = 2 << 20


@dataclass(frozen=True, slots=True)
class Picture:
    """What `clean` wrote: always a JPEG. `sha256` in hex."""

    mime: str
    width: int
    height: int
    bytes: int
    sha256: str
