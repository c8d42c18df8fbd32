"""From a store into a sink, counted and hashed on the way."""

import hashlib
from collections.abc import Iterable
from typing import BinaryIO

from domain.errors import PayloadTooLarge
from domain.files.ports import Fetched

CHUNK = 1 << 16


def poured(chunks: Iterable[bytes], sink: BinaryIO, max_bytes: int) -> Fetched:
    """Raises PayloadTooLarge before it writes a byte too many."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise PayloadTooLarge("文件太大", f"The file has more than {max_bytes} bytes.", field="file")
        digest.update(chunk)
        sink.write(chunk)
    return Fetched(size, digest.hexdigest())
