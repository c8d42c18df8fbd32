"""What may be said of an exception in a log: never its text, for it may quote what people wrote.

A database quotes the row it refuses, a parser the input, a KeyError its key. So only kinds, places and names count.
"""

import os
from collections.abc import Iterator
from traceback import walk_tb

from domain.errors import DomainError
from domain.outbound import OutboundError

OURS = (DomainError, OutboundError)
"""Exceptions whose texts are written here, and quote nobody."""
NAMES = ("sqlstate", "table_name", "column_name", "constraint_name")
"""What PostgreSQL says in names of the schema alone: https://www.postgresql.org/docs/current/protocol-error-fields.html"""
MOST_FRAMES = 20
MOST_CAUSES = 5


def trace_of(error: BaseException) -> list[str]:
    """Lines: what was raised, where (the innermost place last), and what it came of."""
    return [line for each in _chain(error) for line in (summary_of(each), *_places(each))]


def summary_of(error: BaseException) -> str:
    """The kind, and such facts as cannot be anybody's words."""
    return " ".join([kind_of(error), *_facts(error)])


def kind_of(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _facts(error: BaseException) -> Iterator[str]:
    if isinstance(error, OURS):
        yield f"({error})"
    if isinstance(error, OSError) and isinstance(error.errno, int):
        yield f"({os.strerror(error.errno)})"
    for name in NAMES:
        value = getattr(error, name, None)
        if isinstance(value, str) and value:
            yield f"{name}={value}"


def _places(error: BaseException) -> list[str]:
    frames = [
        (frame.f_globals.get("__name__", "?"), line, frame.f_code) for frame, line in walk_tb(error.__traceback__)
    ]
    return [f"  {module}:{line} {code.co_qualname}" for module, line, code in frames[-MOST_FRAMES:]]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception, then its causes; of a group, each of its members."""
    waiting = [error]
    seen: set[int] = set()
    while waiting and len(seen) < MOST_CAUSES:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
        cause = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        waiting += [cause] if cause is not None else []
