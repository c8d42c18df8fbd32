"""What may be said, and how long a name may be."""

from collections.abc import Sequence
from uuid import UUID

from domain import texts
from domain.chat.models import MAX_CLIENT_KEY, MAX_IMAGES, MAX_TEXT, MAX_TITLE
from domain.clock import parse_id
from domain.errors import BadUserInput, NotFound


def clean_text(text: str, *, field: str = "text", most: int = MAX_TEXT) -> str:
    """Raises BadUserInput when nothing or too much is said, or when it is not text."""
    return texts.clean_text(text, field=field, most=most)


def clean_title(title: str | None) -> str | None:
    return None if title is None else clean_text(title.strip(), field="title", most=MAX_TITLE)


def clean_images(file_ids: Sequence[str]) -> tuple[UUID, ...]:
    """1 to 9 different ones, in their order. Raises BadUserInput, and NotFound as for any picture not one's own."""
    if not 1 <= len(file_ids) <= MAX_IMAGES or len(set(file_ids)) != len(file_ids):
        raise BadUserInput(
            f"一次可以发送 1 到 {MAX_IMAGES} 张不同的图片", f"1 to {MAX_IMAGES} different pictures.", field="fileIds"
        )
    known = tuple(file_id for text in file_ids if (file_id := parse_id(text)) is not None)
    if len(known) < len(file_ids):
        raise no_such_image()
    return known


def no_such_image() -> NotFound:
    return NotFound("没有找到图片，请重新上传", "No such picture.", field="fileIds")


def clean_client_key(key: str) -> str:
    return texts.clean_key(key, field="clientKey", most=MAX_CLIENT_KEY)


def snippet(content: str, text: str, *, around: int = 30) -> str:
    """The passage of `content` round the first place where `text` stands, an ellipsis where it was cut."""
    place = max(content.find(text), 0)
    start, end = max(place - around, 0), min(place + len(text) + around, len(content))
    return ("…" if start else "") + content[start:end] + ("…" if end < len(content) else "")
