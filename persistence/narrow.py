"""Reads of no more columns than somebody looks at: most of what a page of history costs is made of its values.

Rows of a narrow read become objects that lack what was not read: asking for it is an AttributeError, never a wrong
value.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement

from domain.needs import Needs
from persistence.prepared import Prepared

T = TypeVar("T")
Columns = Mapping[str, ColumnElement[Any]]
Build = Callable[[Sequence[ColumnElement[Any]]], Prepared]
Convert = Mapping[str, Callable[[Any], Any]]
MOST_SHAPES = 32


class Rows(NamedTuple):
    """Whose rows: the class of the domain, the columns of its fields in their order, how raw values become theirs, and
    what its properties are derived from."""

    whole: type[Any]
    columns: Columns
    convert: Convert
    derived: Mapping[str, Sequence[str]]


class Shape(NamedTuple, Generic[T]):
    """`read` makes the objects of rows, the columns of `build` that stand before them left out."""

    statement: Prepared
    read: Callable[[Iterable[Sequence[Any]]], list[T]]


class Narrow(Generic[T]):
    """One statement for each set of needs, the oldest forgotten. `build` makes it of columns, after `lead` of its own;
    `always` are the fields that keys and cursors are made of."""

    def __init__(self, rows: Rows, build: Build, lead: int, always: Iterable[str]) -> None:
        self._rows = rows
        self._build = build
        self._lead = lead
        self._always = frozenset(always)
        self._whole: Shape[T] = self._shape(tuple(rows.columns))
        self._narrow = lru_cache(MOST_SHAPES)(lambda needs: self._shape(self._fields(needs)))

    def shape(self, needs: Needs | None) -> Shape[T]:
        return self._whole if needs is None else self._narrow(needs)

    def _fields(self, needs: Needs) -> tuple[str, ...]:
        parts = (part for name, parts in self._rows.derived.items() if name in needs for part in parts)
        wanted = needs.union(parts, self._always)
        return tuple(name for name in self._rows.columns if name in wanted)

    def _shape(self, fields: tuple[str, ...]) -> Shape[T]:
        statement = self._build([self._rows.columns[name] for name in fields])
        return Shape(statement, reader(self._rows, fields, self._lead))


def reader(rows: Rows, fields: tuple[str, ...], lead: int) -> Callable[[Iterable[Sequence[Any]]], list[Any]]:
    """Written as source, as it runs for each row of every page."""
    is_whole = len(fields) == len(rows.columns)
    made = rows.whole if is_whole else lacking(rows.whole, fields)
    values = ", ".join(f"convert[{name!r}]({name})" if name in rows.convert else name for name in fields)
    taken = ", ".join([f"_{number}" for number in range(lead)] + list(fields))
    one = f"new(made, ({values},))" if issubclass(made, tuple) else f"made({values})"
    names = {"made": made, "new": tuple.__new__, "convert": rows.convert}
    # The source is made of names of fields that the domain declares.
    read: Callable[[Iterable[Sequence[Any]]], list[Any]] = eval(f"lambda rows: [{one} for {taken}, in rows]", names)  # noqa: S307
    return read


def lacking(whole: type[Any], fields: Sequence[str]) -> type[Any]:
    """A class with these fields and the properties of the whole: those that look at more raise AttributeError."""
    base = namedtuple(whole.__name__, fields)  # type: ignore[misc]
    properties = {name: each for name, each in vars(whole).items() if isinstance(each, property)}
    return type(whole.__name__, (base,), {"__slots__": (), **properties})
