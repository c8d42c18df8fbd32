"""Values that graphql-core would treat apart: nothing, an exception returned instead of raised, something to await."""

from collections.abc import Iterable
from types import CoroutineType, GeneratorType
from typing import Any

from graphql.pyutils import Undefined

from compiled.run import NotCompiled

_APART = (type(None), type(Undefined), Exception, CoroutineType, GeneratorType)


def only_sane(classes: set[type], values: Iterable[Any]) -> None:
    """Raise NotCompiled where a value is to be treated apart; `classes` remembers which classes are not."""
    for kind in set(map(type, values)).difference(classes):
        look_at(kind)
        classes.add(kind)


def look_at(kind: type) -> None:
    """Raise NotCompiled when values of this class are to be treated apart."""
    if issubclass(kind, _APART) or hasattr(kind, "__await__"):
        raise NotCompiled(f"a value of class {kind.__name__}")
