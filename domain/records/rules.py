"""What a record must be like before it is stored."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from domain.clock import parse_id
from domain.errors import BadUserInput, NotFound
from domain.records.models import (
    MAX_BODY,
    MAX_FILES,
    MAX_SEARCH,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    Record,
    RecordFilter,
    Written,
)
from domain.texts import clean_text
from domain.unset import UNSET

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def applied(written: Written, record: Record) -> Record:
    """`record` with what `written` says; what that leaves unset, and a moment of null, stay. Raises BadUserInput."""
    changed = replace(
        record, kind=written.kind, title=clean_text(written.title.strip(), field="input.title", most=MAX_TITLE)
    )
    if written.body is not UNSET:
        changed = replace(changed, body=_clean_body(written.body))
    if isinstance(written.occurred_at, datetime):
        changed = replace(changed, occurred_at=_clean_moment(written.occurred_at))
    if written.tags is not UNSET:
        changed = replace(changed, tags=_clean_tags(written.tags or ()))
    return changed


def check_filter(wanted: RecordFilter) -> None:
    if wanted.start is not None and wanted.end is not None and wanted.end < wanted.start:
        raise BadUserInput("结束时间早于开始时间", "`to` is before `from`.", field="to")
    if wanted.text is not None:
        clean_text(wanted.text, field="text", most=MAX_SEARCH)
    if wanted.tag is not None:
        clean_text(wanted.tag, field="tag", most=MAX_TAG)


def clean_files(file_ids: Sequence[str]) -> tuple[UUID, ...]:
    """In their order, each once. Raises BadUserInput, and NotFound as for any file not one's own."""
    if len(file_ids) > MAX_FILES or len(set(file_ids)) != len(file_ids):
        raise BadUserInput(
            f"最多可以添加 {MAX_FILES} 个不同的附件", f"At most {MAX_FILES} different files.", field="input.fileIds"
        )
    known = tuple(file_id for text in file_ids if (file_id := parse_id(text)) is not None)
    if len(known) < len(file_ids):
        raise no_such_file()
    return known


def no_such_file() -> NotFound:
    return NotFound("没有找到附件，请重新上传", "No such file.", field="input.fileIds")


def _clean_body(body: str | None) -> str | None:
    return clean_text(body, field="input.body", most=MAX_BODY) if body else None


def _clean_moment(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise BadUserInput(
            "时间须在 1900 年到 2199 年之间", "The time must be between 1900 and 2199.", field="input.occurredAt"
        )
    return moment


def _clean_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Without the blanks around them, each once."""
    if len(tags) > MAX_TAGS:
        raise BadUserInput(f"最多 {MAX_TAGS} 个标签", f"At most {MAX_TAGS} tags.", field="input.tags")
    cleaned = (clean_text(tag.strip(), field=f"input.tags[{index}]", most=MAX_TAG) for index, tag in enumerate(tags))
    return tuple(dict.fromkeys(cleaned))
