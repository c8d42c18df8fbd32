"""Pictures as a provider can take them: by a signed address where it can reach the store, else inside the question."""

import asyncio
import base64
import io
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from domain.assistant.dialects.addresses import split
from domain.assistant.dialects.failures import NO_VISION
from domain.assistant.dialects.words import ApiType, Failure, NotCallable
from domain.assistant.models import ApiConfig
from domain.files.models import File
from domain.files.ports import ObjectStore

MOST_PICTURES = 9
"""In one question, the newest: a vendor takes some 20 MB in all."""
LINK_S = 3600
ONE_MACHINE, ONE_NETWORK, EVERYWHERE = range(3)
INNER = (".local", ".lan", ".internal", ".intranet", ".home.arpa")


Pictures = Mapping[int, Sequence[File]]
"""Of messages, by seq."""


class Unshowable(Exception):
    """A provider that only downloads cannot reach the store."""

    def __init__(self) -> None:
        super().__init__("the provider cannot download from this store")
        self.failure: Failure = NO_VISION.failure("it downloads pictures itself and cannot reach this store")


class Gallery:
    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def shown(self, pictures: Pictures, config: ApiConfig) -> dict[int, tuple[str, ...]]:
        """Addresses of the newest, by seq. Raises Unshowable, and UpstreamUnavailable when the store is down."""
        found: dict[int, tuple[str, ...]] = {}
        room = MOST_PICTURES
        for seq in sorted(pictures, reverse=True):
            if (room := room - len(pictures[seq])) < 0:
                break
            found[seq] = tuple(await asyncio.gather(*(self._address(file, config) for file in pictures[seq])))
        return found

    async def _address(self, file: File, config: ApiConfig) -> str:
        link = self._store.signed_url(file.key, LINK_S)
        if config.type is ApiType.DEMO or takes_link(config, link):
            return link
        if config.type is ApiType.COZE:
            raise Unshowable
        content = io.BytesIO()
        await self._store.fetch(file.key, content, file.bytes)
        return f"data:{file.mime};base64,{base64.b64encode(content.getbuffer()).decode()}"


def takes_link(config: ApiConfig, link: str) -> bool:
    """Inner OpenAI-compatible servers get the picture itself: Ollama downloads nothing."""
    try:
        provider = reach(urlsplit(split(config.base_url)[0]).hostname)
    except NotCallable:
        return False
    if config.type is ApiType.OPENAI_COMPATIBLE and provider < EVERYWHERE:
        return False
    return link.startswith("http") and reach(urlsplit(link).hostname) >= provider


def reach(host: str | None) -> int:
    """From where a host can be reached, told by its name."""
    if not host or host == "localhost":
        return ONE_MACHINE
    try:
        address = ip_address(host)
    except ValueError:
        return ONE_NETWORK if "." not in host or host.endswith(INNER) else EVERYWHERE
    if address.is_loopback or address.is_unspecified:
        return ONE_MACHINE
    return EVERYWHERE if address.is_global else ONE_NETWORK
