"""Rows of files as the domain's words."""

from collections.abc import Sequence
from typing import Any

from domain.files.models import File, FilePurpose, FileState
from persistence.tables.files import files

LAST_OF_FILE = "updated_at"
FILE_COLUMNS = tuple(files.c)[: list(files.c.keys()).index(LAST_OF_FILE) + 1]


def file_of(row: Sequence[Any]) -> File:
    id_, owner_id, purpose, state, *rest = row
    return File(id_, owner_id, FilePurpose(purpose), FileState(state), *rest)


def file_values(file: File) -> dict[str, Any]:
    values = {column.name: getattr(file, column.name) for column in FILE_COLUMNS}
    return values | {"purpose": file.purpose.value, "state": file.state.value}
