"""Where the values of a field come from, for all parents of a level at once.

`start` gives the values, one a parent, or something to await for them.
"""

from asyncio import gather, iscoroutine
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from graphql import GraphQLResolveInfo
from graphql.pyutils import is_awaitable
from strawberry.permission import BasePermission
from strawberry.types.field import StrawberryField

from compiled.arguments import Arguments
from compiled.fields import Batched, Computed, read_by
from compiled.loading import Loader
from compiled.needs import NOTHING, Needs, together
from compiled.run import LateInfo, NotCompiled, Run, Site

Values = list[Any]


class Source(Protocol):
    """`waits` says whether `start` may give something to await; `needs`: what it looks at in the parents."""

    @property
    def waits(self) -> bool: ...
    @property
    def needs(self) -> Needs: ...
    def start(self, run: Run, parents: Values) -> Values | Awaitable[Values]: ...


class FromAttribute(NamedTuple):
    """Reads an attribute of the parent."""

    name: str
    waits: bool = False

    @property
    def needs(self) -> Needs:
        return frozenset([self.name])

    def start(self, _run: Run, parents: Values) -> Values:
        return list(map(attrgetter(self.name), parents))


class FromCall(NamedTuple):
    """Calls the function of a computed field."""

    computed: Computed
    arguments: Arguments
    takes_parent_only: bool
    waits: bool = False

    @property
    def needs(self) -> Needs:
        return self.computed.reads

    def start(self, run: Run, parents: Values) -> Values:
        arguments = self.arguments(run.variables)
        function = self.computed.function
        if self.computed.takes_context:
            return [function(parent, run.context, **arguments) for parent in parents]
        return [function(parent, **arguments) for parent in parents]


@dataclass(slots=True)
class Use:
    """Who uses a loader in one operation: how many fields, and what they look at in its values."""

    fields: int = 0
    wanted: Needs = NOTHING


class FromLoader(NamedTuple):
    """Loads what a batched field names, in one call for all parents; at once where no other field uses the loader."""

    batched: Batched
    arguments: Arguments
    use: Use
    waits: bool = True

    @property
    def needs(self) -> Needs:
        return self.batched.reads

    def start(self, run: Run, parents: Values) -> Values | Awaitable[Values]:
        loader = getattr(run.context.loaders, self.batched.loader)
        if isinstance(loader, Loader) and self.use.wanted is not None:
            loader = loader.narrowed(self.use.wanted)
        keys = self._keys(run, parents)
        is_alone = self.use.fields == 1 and isinstance(loader, Loader)
        load: Callable[[Values], Awaitable[Values]] = loader.load_now if is_alone else loader.load_many
        if None not in keys:
            return load(keys)
        present = [key for key in keys if key is not None]
        return _spread(keys, load(present)) if present else keys

    def _keys(self, run: Run, parents: Values) -> Values:
        if self.batched.attribute:
            return list(map(self.batched.key, parents))
        arguments = self.arguments(run.variables)
        key = self.batched.key
        if self.batched.takes_context:
            return [key(parent, run.context, **arguments) for parent in parents]
        return [key(parent, **arguments) for parent in parents]


class FromEvent(NamedTuple):
    """The field of a subscription is the event itself."""

    waits: bool = False
    needs: Needs = None

    def start(self, _run: Run, parents: Values) -> Values:
        return parents


class FromResolver(NamedTuple):
    """Calls the resolver as graphql-core does, once a parent."""

    site: Site
    resolve: Callable[..., Any]
    arguments: Arguments
    waits: bool = True
    needs: Needs = None

    async def start(self, run: Run, parents: Values) -> Values:
        info = run.info(self.site)
        arguments = self.arguments(run.variables)
        if len(parents) == 1:
            value = self.resolve(parents[0], info, **arguments)
            return [await value if is_awaitable(value) else value]
        return await settled(self._resolved(parent, info, arguments) for parent in parents)

    async def _resolved(self, parent: Any, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]) -> Any:
        value = self.resolve(parent, info, **arguments)
        return await value if is_awaitable(value) else value


class Guarded(NamedTuple):
    """Asks a field's permissions about each parent before anything is read; a refusal gives the run up."""

    source: Source
    site: Site
    field: StrawberryField
    permissions: Sequence[BasePermission]
    arguments: Arguments
    is_async: bool
    waits: bool = True

    @property
    def needs(self) -> Needs:
        return together((self.source.needs, *(read_by(each.has_permission) for each in self.permissions)))

    async def start(self, run: Run, parents: Values) -> Values:
        raw_info: Any = LateInfo(run, self.site)
        info = run.operation.strawberry.config.info_class(_raw_info=raw_info, _field=self.field)
        arguments = self.arguments(run.variables)
        for parent in parents:
            root = {"root": parent} if self.field.base_resolver else {}
            for permission in self.permissions:
                verdict = permission.has_permission(parent, info, **root, **arguments)
                if is_awaitable(verdict):
                    verdict = await self._verdict(verdict)
                if verdict is not True:
                    raise NotCompiled("a permission is refused")
        return await arrived(self.source.start(run, parents))

    async def _verdict(self, verdict: Any) -> Any:
        """What an awaitable permission comes to; strawberry refuses those of fields that it resolves synchronously."""
        if self.is_async:
            return await verdict
        if iscoroutine(verdict):
            verdict.close()
        raise NotCompiled("an awaitable permission of a synchronous field")


def note_use(source: Source, wanted: Needs) -> None:
    """Remember of a source that loads that these attributes of its values are looked at."""
    if isinstance(source, FromLoader):
        source.use.wanted = together((source.use.wanted, wanted))
    elif isinstance(source, Guarded):
        note_use(source.source, wanted)


async def arrived(values: Values | Awaitable[Values]) -> Values:
    return values if isinstance(values, list) else await values


async def settled(waiting: Iterable[Awaitable[Any]]) -> Values:
    """Await all, raise the first exception only when nothing is under way any more."""
    each = list(waiting)
    if len(each) == 1:
        return [await each[0]]
    values = await gather(*each, return_exceptions=True)
    for value in values:
        if isinstance(value, BaseException):
            raise value
    return values


async def _spread(keys: Values, loaded: Awaitable[Values]) -> Values:
    """Lay out loaded values so that they stand where their keys do, nothing where there is no key."""
    values = iter(await loaded)
    return [None if key is None else next(values) for key in keys]
