"""How raw values become what is sent, for all values of a field at once: lists, objects and abstract types.

`complete` gives one completed value for each raw one. It knows only the case without errors: a null that may not be, an
exception in place of a value, anything out of the ordinary raises, and the run is left to graphql-core.
"""

from collections.abc import Awaitable, Callable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from graphql import GraphQLAbstractType

from compiled.levels import Level, Shape
from compiled.needs import NOTHING, Needs
from compiled.run import LateInfo, NotCompiled, Run, Site
from compiled.sources import Values, arrived, settled


class Leaves(NamedTuple):
    """Scalars and enums."""

    of: Callable[[Any], Any]
    waits: bool = False
    needs: Needs = NOTHING

    def complete(self, _run: Run, values: Values) -> Values:
        return list(map(self.of, values))


class Objects(NamedTuple):
    """Objects of one known type."""

    level: Level
    nullable: bool

    @property
    def waits(self) -> bool:
        return self.level.waits

    @property
    def needs(self) -> Needs:
        return self.level.needs

    def complete(self, run: Run, values: Values) -> Values | Awaitable[Values]:
        live = [value for value in values if value is not None] if self.nullable else values
        rows = self._rows(run, live)
        return rows if len(live) == len(values) else then(rows, lambda rows: _laid_out(values, rows))

    def _rows(self, run: Run, objects: Values) -> Values | Awaitable[Values]:
        """If nothing is awaited, an object that stands in many places (the sender of messages) gets one row for all."""
        if self.level.waits:
            return self.level.rows(run, objects)
        once = {id(each): each for each in objects}
        rows = self.level.rows(run, list(once.values()))
        if len(once) == len(objects) or not isinstance(rows, list):
            return rows
        row_of = dict(zip(once, rows, strict=True))
        return [row_of[id(each)] for each in objects]


class Lists(NamedTuple):
    """Lists; all items of all lists are completed together."""

    items: Shape
    nullable: bool

    @property
    def waits(self) -> bool:
        return self.items.waits

    @property
    def needs(self) -> Needs:
        return self.items.needs

    def complete(self, run: Run, values: Values) -> Values | Awaitable[Values]:
        live = [value for value in values if value is not None] if self.nullable else values
        done = self._complete_lists(run, live)
        return done if len(live) == len(values) else then(done, lambda done: _laid_out(values, done))

    def _complete_lists(self, run: Run, lists: Values) -> Values | Awaitable[Values]:
        for each in lists:
            if each.__class__ is not list and each.__class__ is not tuple:
                raise NotCompiled(f"a list of class {each.__class__.__name__}")
        if len(lists) == 1:
            return then(self.items.complete(run, lists[0]), lambda items: [items])
        done = self.items.complete(run, [item for each in lists for item in each])
        return then(done, lambda items: _divided(items, lists))


class Abstracts(NamedTuple):
    """Objects of an interface or a union: sorted by their types, then each type completed together."""

    abstract: GraphQLAbstractType
    resolve_type: Callable[..., Any]
    levels: Mapping[str, Level]
    site: Site
    nullable: bool
    waits: bool = True
    needs: Needs = None

    def complete(self, run: Run, values: Values) -> Values | Awaitable[Values]:
        places = self._places_by_type(run, values)
        if any(self.levels[name].waits for name in places):
            return self._awaited(run, values, places)
        rows = [self._level_rows(run, name, values, at) for name, at in places.items()]
        return _spread_out(len(values), places, rows)

    async def _awaited(self, run: Run, values: Values, places: dict[str, list[int]]) -> Values:
        waiting = (self._rows(run, name, values, at) for name, at in places.items())
        return _spread_out(len(values), places, await settled(waiting))

    async def _rows(self, run: Run, name: str, values: Values, places: list[int]) -> Values:
        return await arrived(self._level_rows(run, name, values, places))

    def _level_rows(self, run: Run, name: str, values: Values, places: list[int]) -> Values | Awaitable[Values]:
        return self.levels[name].rows(run, [values[place] for place in places])

    def _places_by_type(self, run: Run, values: Values) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        info: Any = LateInfo(run, self.site)
        for place, value in enumerate(values):
            if value is None and self.nullable:
                continue
            name = self.resolve_type(value, info, self.abstract)
            if name not in self.levels:
                raise NotCompiled(f"{self.abstract} resolves to {name!r}")
            places.setdefault(name, []).append(place)
        return places


def then(values: Values | Awaitable[Values], finish: Callable[[Values], Values]) -> Values | Awaitable[Values]:
    """What `finish` makes of values, at once if they are there."""
    return finish(values) if isinstance(values, list) else _finished(values, finish)


async def _finished(waiting: Awaitable[Values], finish: Callable[[Values], Values]) -> Values:
    return finish(await waiting)


def _divided(items: Values, lists: Values) -> Values:
    ends = accumulate(map(len, lists))
    return [items[end - len(each) : end] for each, end in zip(lists, ends, strict=True)]


def _spread_out(size: int, places: Mapping[str, list[int]], rows: Values) -> Values:
    done: Values = [None] * size
    for at, of_type in zip(places.values(), rows, strict=True):
        for place, row in zip(at, of_type, strict=True):
            done[place] = row
    return done


def _laid_out(values: Values, rows: Values) -> Values:
    remaining = iter(rows)
    return [None if value is None else next(remaining) for value in values]
