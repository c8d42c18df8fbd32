"""Where a watcher of a reply stands: (attempt, position). k code points take k positions, the end takes one."""

import re
from typing import NamedTuple

from domain.errors import BadUserInput

PATTERN = re.compile(r"([0-9]{1,9}):([0-9]{1,9})", re.ASCII)


class Cursor(NamedTuple):
    attempt: int
    position: int

    def __str__(self) -> str:
        return f"{self.attempt}:{self.position}"


def parse_cursor(text: str | None) -> Cursor | None:
    """Raises BadUserInput for what `str(Cursor)` could not have made."""
    if text is None:
        return None
    found = PATTERN.fullmatch(text)
    if found is None:
        raise BadUserInput("无效的游标", "This cursor is not valid.", field="after")
    return Cursor(int(found[1]), int(found[2]))
