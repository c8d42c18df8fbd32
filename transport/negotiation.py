"""Which media type and language a client wants, by its headers. Remembered, as clients repeat themselves."""

from functools import lru_cache
from typing import NamedTuple

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"
LANGUAGES = ("zh", "en")


class Accepted(NamedTuple):
    """`media` is JSON or RESPONSE_JSON, or None when the client takes neither."""

    media: str | None
    streams: bool
    html: bool


@lru_cache(maxsize=512)
def accepted(header: bytes | None) -> Accepted:
    """What an Accept header allows. Without a header, and for wildcards, it is application/json."""
    text = decoded(header)
    if not text.strip():
        return Accepted(JSON, streams=False, html=False)
    weights = weigh(text)
    response = weights.get(RESPONSE_JSON, 0)
    plain = max(weights.get(JSON, 0), weights.get("application/*", 0), weights.get("*/*", 0))
    media = RESPONSE_JSON if response > 0 and response >= plain else JSON if plain > 0 else None
    return Accepted(media, streams=weights.get(EVENT_STREAM, 0) > 0, html=weights.get(HTML, 0) > 0)


@lru_cache(maxsize=512)
def language(header: bytes | None) -> str:
    """The best of LANGUAGES by an Accept-Language header, or the first."""
    best, best_weight = LANGUAGES[0], 0.0
    for tag, weight in weigh(decoded(header)).items():
        primary = tag.partition("-")[0]
        if primary in LANGUAGES and weight > best_weight:
            best, best_weight = primary, weight
    return best


@lru_cache(maxsize=512)
def content_type(header: bytes | None) -> tuple[str, str]:
    """The media type and the charset of a Content-Type header, in lower case, empty where there is none."""
    media, *parameters = (part.strip() for part in decoded(header).split(";"))
    charset = next((part[8:].strip(' "') for part in parameters if part.startswith("charset=")), "")
    return media, charset


def decoded(header: bytes | None) -> str:
    return (header or b"").decode("latin-1").lower()


def weigh(header: str) -> dict[str, float]:
    """The items of an Accept header with their q-values; 0 for a q-value that is no number."""
    weights: dict[str, float] = {}
    for item in header.split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        weights[name] = number(quality)
    return weights


def number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
