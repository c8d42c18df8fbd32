"""Base addresses as people paste them, made into the address to call."""

import re
from urllib.parse import urlsplit

from domain.assistant.dialects.words import NotCallable

CHAT = "/chat/completions"
VERSION = re.compile(r"/v\d+$")
LOCAL = re.compile(r"^(localhost|[\d.]+|\[[0-9a-fA-F:]+\]|[^.:]+)(:\d+)?$|:\d+$")


def split(pasted: str) -> tuple[str, str]:
    """Scheme with host, and the path without a slash at its end. Raises NotCallable."""
    text = pasted.strip().strip("\"'`<>“”‘’，。；")
    if "://" not in text:
        host = text.partition("/")[0]
        text = f"{'http' if LOCAL.search(host) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise NotCallable("the base URL is not an http(s) address")
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/").strip()
    return f"{parts.scheme}://{parts.netloc}", path


def openai_chat(pasted: str) -> str:
    """The full endpoint is taken as it is; else `/v1` is added unless some version stands in the path already."""
    host, path = split(pasted)
    if path.endswith(CHAT):
        return host + path
    versioned = re.search(r"/v\d", path)
    return f"{host}{path}{'' if versioned else '/v1'}{CHAT}"


def fastgpt_chat(pasted: str) -> str:
    """Normally `<host>/api/v1/chat/completions`; a proxy's own path is kept where it names a version."""
    host, path = split(pasted)
    path = path.removesuffix(CHAT)
    bare = VERSION.sub("", path)
    api = "" if bare.endswith("/api") or bare != path else "/api"
    return f"{host}{bare}{api}/v1{CHAT}"


def coze_chat(pasted: str) -> str:
    host, path = split(pasted)
    return f"{host}{re.sub(r'/v[123](/chat)?$', '', path)}/v3/chat"
