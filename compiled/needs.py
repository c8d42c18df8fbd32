"""What is looked at in the objects of a read, so that the read may leave out the rest."""

from collections.abc import Iterable
from typing import TypeAlias

Needs: TypeAlias = frozenset[str] | None
"""Names of attributes; None: any of them may be looked at."""
NOTHING: frozenset[str] = frozenset()


def together(needs: Iterable[Needs]) -> Needs:
    found = NOTHING
    for each in needs:
        if each is None:
            return None
        found |= each
    return found
