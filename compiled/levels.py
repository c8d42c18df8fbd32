"""A selection on objects of one type: what must be fetched is fetched for all of them, then rows are built."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, Protocol

from graphql import GraphQLObjectType

from compiled.needs import NOTHING, Needs, together
from compiled.run import LateInfo, NotCompiled, Run, Site
from compiled.sanity import only_sane
from compiled.sources import FromAttribute, Source, Values, arrived, settled


class Shape(Protocol):
    """How raw values become what is sent: `complete` gives it, or something to await for it, and that only if `waits`.
    Nothing is left unawaited. `needs`: what is looked at in the values."""

    @property
    def waits(self) -> bool: ...
    @property
    def needs(self) -> Needs: ...
    def complete(self, run: Run, values: Values) -> Values | Awaitable[Values]: ...


class Column(NamedTuple):
    """A field that is completed for all objects of a level before their rows are built."""

    source: Source
    shape: Shape

    @property
    def waits(self) -> bool:
        return self.source.waits or self.shape.waits

    @property
    def needs(self) -> Needs:
        """Of what an attribute leads to as well: that is part of the same read."""
        beyond = self.shape.needs if isinstance(self.source, FromAttribute) else NOTHING
        return together((self.source.needs, beyond))

    def values(self, run: Run, parents: Values) -> Values | Awaitable[Values]:
        values = self.source.start(run, parents)
        return self.shape.complete(run, values) if isinstance(values, list) else self._awaited(run, values)

    async def _awaited(self, run: Run, waiting: Awaitable[Values]) -> Values:
        return await arrived(self.shape.complete(run, await waiting))

    async def values_later(self, run: Run, parents: Values) -> Values:
        return await arrived(self.values(run, parents))


class Check:
    """Refuses objects that graphql-core would not complete as objects of this type."""

    def __init__(self, type_: GraphQLObjectType, site: Site) -> None:
        self._is_type_of = type_.is_type_of
        self._site = site
        self._sane: set[type] = set()
        self.looks_closer = type_.is_type_of is not None

    def __call__(self, run: Run, values: Values) -> None:
        only_sane(self._sane, values)
        if self._is_type_of is None:
            return
        info: Any = LateInfo(run, self._site)
        if not all(self._is_type_of(value, info) is True for value in values):
            raise NotCompiled("an object is not of its type")


class Level:
    """`build` takes the objects and the values of each column, and looks at the attributes `read` itself."""

    def __init__(
        self, columns: Sequence[Column], build: Callable[..., Values], check: Check | None, read: Needs
    ) -> None:
        looked_at = None if check is not None and check.looks_closer else NOTHING
        self.needs = together((looked_at, read, *(column.needs for column in columns)))
        self._columns = columns
        self._build = build
        self._check = check
        waiting = sum(column.waits for column in columns)
        self.waits = waiting > 0
        self._side_by_side = waiting > 1

    def rows(self, run: Run, objects: Values) -> Values | Awaitable[Values]:
        """One dict for each object, or something to await for them."""
        if not objects:
            return []
        if self._check is not None:
            self._check(run, objects)
        return self._rows(run, objects) if self.waits else self._build(objects, *self._values(run, objects))

    def _values(self, run: Run, objects: Values) -> list[Any]:
        return [column.values(run, objects) for column in self._columns]

    async def _rows(self, run: Run, objects: Values) -> Values:
        if self._side_by_side:
            return self._build(objects, *await settled(column.values_later(run, objects) for column in self._columns))
        return self._build(objects, *[await column.values_later(run, objects) for column in self._columns])
