"""A selection on objects of one type: what must be fetched is fetched for all of them, then rows are built."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from graphql import GraphQLObjectType

from compiled.run import NotCompiled, Run, Site
from compiled.sanity import only_sane
from compiled.sources import Source, Values, settled


class Shape(Protocol):
    """How raw values become what is sent. `waits` says whether anything below is awaited."""

    @property
    def waits(self) -> bool: ...
    async def complete(self, run: Run, values: Values) -> Values: ...


class Column(NamedTuple):
    """A field that is completed for all objects of a level before their rows are built."""

    source: Source
    shape: Shape

    @property
    def waits(self) -> bool:
        return self.source.waits or self.shape.waits

    async def values(self, run: Run, parents: Values) -> Values:
        values = self.source.start(run, parents)
        return await self.shape.complete(run, values if isinstance(values, list) else await values)


class Check:
    """Refuses objects that graphql-core would not complete as objects of this type."""

    def __init__(self, type_: GraphQLObjectType, site: Site) -> None:
        self._is_type_of = type_.is_type_of
        self._site = site
        self._sane: set[type] = set()

    def __call__(self, run: Run, values: Values) -> None:
        only_sane(self._sane, values)
        if self._is_type_of is None:
            return
        info = run.info(self._site)
        if not all(self._is_type_of(value, info) is True for value in values):
            raise NotCompiled("an object is not of its type")


class Level:
    """`build` takes the objects and the values of each column."""

    def __init__(self, columns: Sequence[Column], build: Callable[..., Values], check: Check | None) -> None:
        self._columns = columns
        self._build = build
        self._check = check
        waiting = sum(column.waits for column in columns)
        self.waits = waiting > 0
        self._side_by_side = waiting > 1

    async def rows(self, run: Run, objects: Values) -> Values:
        """One dict for each object."""
        if not objects:
            return []
        if self._check is not None:
            self._check(run, objects)
        if self._side_by_side:
            return self._build(objects, *await settled(column.values(run, objects) for column in self._columns))
        return self._build(objects, *[await column.values(run, objects) for column in self._columns])
