"""The headers of a request, decoded as they are asked for: of some fifteen that phones send, a server reads five."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_PROCESS = os.urandom(8).hex()
_numbers = count(int.from_bytes(os.urandom(2)))


class Headers(Mapping[str, str]):
    """Names in lower case; of repeated headers the last counts."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._raw = dict(raw)

    def __getitem__(self, name: str) -> str:
        return self._raw[name.encode("latin-1")].decode("latin-1")

    def __iter__(self) -> Iterator[str]:
        return (name.decode("latin-1") for name in self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.encode("latin-1") in self._raw

    def get(self, name: str, default: Any = None) -> Any:
        """As of any mapping, but without an exception for what is absent: every request asks for some that are."""
        value = self._raw.get(name.encode("latin-1"))
        return default if value is None else value.decode("latin-1")

    def raw(self, name: bytes) -> bytes | None:
        return self._raw.get(name)

    def text(self, name: bytes) -> str | None:
        """The header, None when it is absent."""
        value = self._raw.get(name)
        return None if value is None else value.decode("latin-1")

    def request_id(self) -> str:
        """The caller's X-Request-Id when it is harmless, else a new one."""
        given = self.text(b"x-request-id")
        return given if given and REQUEST_ID.fullmatch(given) else f"{_PROCESS}{next(_numbers):08x}"
