"""What may be sent in, by whom, and how large."""

import re

from domain.errors import BadUserInput, Forbidden, PayloadTooLarge
from domain.files.formats import PDF_MIME, PICTURE_MIMES
from domain.files.models import FileLimits, FilePurpose, Upload
from domain.viewer import Viewer

FOR_PAPERS = (FilePurpose.REPORT, FilePurpose.TREASURE_BOOK)
OTHER_NAMES = {"image/jpg": "image/jpeg", "image/heif": "image/heic", "image/x-ms-bmp": "image/bmp"}
LONGEST_LINK_S = 24 * 3600
LARGEST_SIDE = 4096
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def check_purpose(viewer: Viewer, purpose: FilePurpose) -> None:
    """Raises Forbidden: books are for admins."""
    if purpose is FilePurpose.TREASURE_BOOK and not viewer.is_admin:
        raise Forbidden


def checked_upload(upload: Upload, limits: FileLimits) -> Upload:
    """The same under its usual names. Raises BadUserInput or PayloadTooLarge."""
    mime = upload.mime.strip().lower()
    mime = OTHER_NAMES.get(mime, mime)
    taken = (*PICTURE_MIMES, PDF_MIME) if upload.purpose in FOR_PAPERS else PICTURE_MIMES
    if mime not in taken:
        raise BadUserInput("不支持这种文件类型", f"Only these types are taken: {', '.join(taken)}.", field="mime")
    if upload.bytes < 1:
        raise BadUserInput("文件是空的", "The file is empty.", field="bytes")
    most = limits.max_paper_bytes if mime == PDF_MIME else limits.image.max_bytes
    if upload.bytes > most:
        raise too_large(most, "bytes")
    return Upload(upload.purpose, mime, upload.bytes, _checked_hash(upload.sha256))


def check_link(expires_s: int, thumbnail: int | None) -> None:
    """Raises BadUserInput for an address that would live too long, or a side that nobody needs."""
    if not 1 <= expires_s <= LONGEST_LINK_S:
        raise BadUserInput(
            f"expiresIn 须在 1 到 {LONGEST_LINK_S} 秒之间",
            f"expiresIn must be 1 to {LONGEST_LINK_S}.",
            field="expiresIn",
        )
    if thumbnail is not None and not 1 <= thumbnail <= LARGEST_SIDE:
        raise BadUserInput(
            f"thumbnail 须在 1 到 {LARGEST_SIDE} 之间", f"thumbnail must be 1 to {LARGEST_SIDE}.", field="thumbnail"
        )


def too_large(most: int, field: str) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"文件不能超过 {most / (1 << 20):g} MB", f"A file may have at most {most / (1 << 20):g} MB.", field=field
    )


def _checked_hash(sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    if not _SHA256.fullmatch(sha256.lower()):
        raise BadUserInput("sha256 须为 64 位十六进制", "sha256 must be 64 hexadecimal digits.", field="sha256")
    return sha256.lower()
