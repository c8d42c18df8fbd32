"""Texts that people write."""

from domain.errors import BadUserInput


def clean_text(text: str, *, field: str, most: int) -> str:
    """Raises BadUserInput when it is empty, too long, or not text: PostgreSQL stores neither NUL nor half a letter."""
    if not text.strip():
        raise BadUserInput("内容不能为空", "The text is empty.", field=field)
    if len(text) > most:
        raise BadUserInput(f"内容不能超过 {most} 个字符", f"The text is longer than {most} characters.", field=field)
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadUserInput("内容含有无效字符", "The text has characters that are not allowed.", field=field)
    return text


def clean_key(key: str, *, field: str, most: int) -> str:
    """An idempotency key or the like, chosen by a program."""
    if not 1 <= len(key) <= most or not key.isascii() or not key.isprintable():
        raise BadUserInput(
            f"{field} 须为 1 到 {most} 个可见 ASCII 字符",
            f"{field} must be 1 to {most} printable ASCII characters.",
            field=field,
        )
    return key


def storable(text: str) -> str:
    """The text as PostgreSQL and UTF-8 take it: without NUL and half letters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
