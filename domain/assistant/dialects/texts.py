"""Text as it may be stored: whole characters only."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Joiner:
    """Joins surrogate pairs that a vendor cut between two JSON strings; drops U+0000, which PostgreSQL refuses."""

    def __init__(self) -> None:
        self._held = ""

    def push(self, text: str) -> str:
        """What of the text is whole by now; a lone surrogate comes out as U+FFFD."""
        text = self._held + text.replace("\0", "")
        self._held = ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            self._held = text[-1]
            text = text[:-1]
        return whole(text)

    def flush(self) -> str:
        """What was held back for a second half that never came."""
        held, self._held = self._held, ""
        return REPLACEMENT if held else ""


def whole(text: str) -> str:
    """Pairs of surrogates joined, lone ones replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def clean(text: str) -> str:
    """A text that stands alone, made fit to be sent and stored."""
    return whole(text.replace("\0", ""))


def clipped(text: str, limit: int) -> str:
    """At most `limit` characters, clean, with an ellipsis where something is missing."""
    text = clean(text).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"
