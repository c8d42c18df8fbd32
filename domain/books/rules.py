"""What a book must be like before it is stored."""

from typing import Any
from urllib.parse import urlsplit

from domain.books.models import FARTHEST, MAX_CATEGORY, MAX_LINK, MAX_SEARCH, MAX_SUMMARY, MAX_TITLE, Changes
from domain.clock import parse_id
from domain.errors import BadUserInput, NotFound
from domain.texts import clean_text


def checked(changes: Changes) -> dict[str, Any]:
    """The same as it is stored. Raises BadUserInput, and NotFound for a file id that is none."""
    values = dict(changes)
    for name in ("title", "position", "published"):
        if name in values and values[name] is None:
            raise needed(name)
    if "title" in values:
        values["title"] = clean_text(values["title"].strip(), field="title", most=MAX_TITLE)
    for name, most in (("summary", MAX_SUMMARY), ("category", MAX_CATEGORY)):
        if name in values:
            values[name] = _optional(values[name], name, most)
    if not 0 <= values.get("position", 0) <= FARTHEST:
        raise BadUserInput(f"排序须在 0 到 {FARTHEST} 之间", f"position must be 0 to {FARTHEST}.", field="position")
    return values | _source(values)


def _source(values: dict[str, Any]) -> dict[str, Any]:
    """A link takes the place of a file, and a file that of a link."""
    link, file_id = values.get("link"), values.get("file_id")
    if link is not None and file_id is not None:
        raise BadUserInput("文件和链接只能二选一", "Either a file or a link, not both.", field="fileUrl")
    if link is not None:
        return {"link": _https(link), "file_id": None}
    if file_id is None:
        return {}
    known = parse_id(file_id)
    if known is None:
        raise no_such_file()
    return {"link": None, "file_id": known}


def check_search(text: str | None, category: str | None) -> None:
    if text is not None:
        clean_text(text, field="text", most=MAX_SEARCH)
    if category is not None:
        clean_text(category, field="category", most=MAX_CATEGORY)


def needed(field: str) -> BadUserInput:
    return BadUserInput("请填写此项", "This is needed.", field=field)


def no_source() -> BadUserInput:
    return BadUserInput("请提供文件或链接", "A file or a link is needed.", field="fileUrl")


def no_such_file() -> NotFound:
    return NotFound("没有找到这个文件", "No such file.", field="fileId")


def _optional(text: str | None, field: str, most: int) -> str | None:
    return clean_text(text.strip(), field=field, most=most) if text and text.strip() else None


def _https(link: str) -> str:
    link = link.strip()
    try:
        parts = urlsplit(link)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        good = False
    if not good or len(link) > MAX_LINK or not link.isprintable() or " " in link:
        raise BadUserInput("链接须以 https:// 开头", "An https address is needed.", field="fileUrl")
    return link
