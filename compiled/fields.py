"""How a field of a strawberry type says what it is, so that both executors read it the same way."""

import inspect
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

import strawberry
from strawberry.permission import BasePermission

METADATA_KEY = "compiled"
_CONTEXT = "context"
_READS = "reads_of_parent"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Batched:
    """The value is what `context.loaders.<loader>` gives for a key made of the parent and the arguments."""

    loader: str
    key: Callable[..., Hashable]
    takes_context: bool = False
    attribute: str | None = None

    @property
    def reads(self) -> frozenset[str] | None:
        """The attributes of the parent that the key is made of, None where that is not said."""
        return frozenset([self.attribute]) if self.attribute else read_by(self.key)

    def key_of(self, parent: Any, context: Any, arguments: dict[str, Any]) -> Hashable:
        """The key for one parent; None means null without a load."""
        key: Hashable = _call(self.key, self.takes_context, parent, context, arguments)
        return key


@dataclass(frozen=True, slots=True)
class Computed:
    """The value is a plain call of a synchronous function without side effects."""

    function: Callable[..., Any]
    takes_context: bool = False

    @property
    def reads(self) -> frozenset[str] | None:
        """The attributes of the parent that the value is made of, None where that is not said."""
        return read_by(self.function)

    def value_of(self, parent: Any, context: Any, arguments: dict[str, Any]) -> Any:
        """The field's value for one parent."""
        return _call(self.function, self.takes_context, parent, context, arguments)


def batched(
    loader: str,
    key: str | Callable[..., Hashable],
    *,
    graphql_type: Any,
    description: str,
    permission_classes: Sequence[type[BasePermission]] = (),
    name: str | None = None,
    deprecation_reason: str | None = None,
) -> Any:
    """A field read through `info.context.loaders.<loader>.load(key)`, for all parents of a level at once.

    `key` is the name of an attribute of the parent, or a function `(parent, [context,] *arguments)` whose remaining
    parameters, annotated, are the field's GraphQL arguments. A key of None gives null without a load.
    """
    declared = _batched_by(loader, key)

    async def resolve(root: Any, info: strawberry.Info, **arguments: Any) -> Any:
        found = declared.key_of(root, info.context, arguments)
        return None if found is None else await getattr(info.context.loaders, loader).load(found)

    return strawberry.field(
        resolver=_with_arguments_of(None if isinstance(key, str) else key, resolve),
        graphql_type=graphql_type,
        description=description,
        permission_classes=list(permission_classes),
        name=name,
        deprecation_reason=deprecation_reason,
        metadata={METADATA_KEY: declared},
    )


def computed(
    function: Callable[..., Any],
    *,
    graphql_type: Any,
    description: str,
    permission_classes: Sequence[type[BasePermission]] = (),
    name: str | None = None,
    deprecation_reason: str | None = None,
) -> Any:
    """A field that is a plain call `function(parent, [context,] *arguments)`: synchronous, quick, without side effects.

    The remaining parameters, annotated, are the field's GraphQL arguments. Raises TypeError for a coroutine function.
    """
    if inspect.iscoroutinefunction(function):
        raise TypeError(f"A computed field is synchronous, {function.__qualname__} is not")
    declared = Computed(function, _takes_context(function))

    def resolve(root: Any, info: strawberry.Info, **arguments: Any) -> Any:
        return declared.value_of(root, info.context, arguments)

    return strawberry.field(
        resolver=_with_arguments_of(function, resolve),
        graphql_type=graphql_type,
        description=description,
        permission_classes=list(permission_classes),
        name=name,
        deprecation_reason=deprecation_reason,
        metadata={METADATA_KEY: declared},
    )


def looks_at(*attributes: str) -> Callable[[F], F]:
    """Says of a function of a field, or of a permission's `has_permission`, all that it looks at in the field's parent;
    otherwise nothing of the parent is left out.

    What is not said is not there: then the operation runs on graphql-core, with everything.
    """

    def said(function: F) -> F:
        vars(function)[_READS] = frozenset(attributes)
        return function

    return said


def read_by(function: Callable[..., Any]) -> frozenset[str] | None:
    """What `looks_at` said, None where nothing was."""
    found: frozenset[str] | None = getattr(function, _READS, None)
    return found


def _batched_by(loader: str, key: str | Callable[..., Hashable]) -> Batched:
    if isinstance(key, str):
        return Batched(loader, attrgetter(key), attribute=key)
    return Batched(loader, key, _takes_context(key))


def _call(
    function: Callable[..., Any], takes_context: bool, parent: Any, context: Any, arguments: dict[str, Any]
) -> Any:
    return function(parent, context, **arguments) if takes_context else function(parent, **arguments)


def _takes_context(function: Callable[..., Any]) -> bool:
    names = list(inspect.signature(function).parameters)
    if _CONTEXT in names[2:]:
        raise TypeError(f"`context` is the second parameter or none, not so in {function}")
    return names[1:2] == [_CONTEXT]


def _with_arguments_of(function: Callable[..., Any] | None, resolve: Callable[..., Any]) -> Callable[..., Any]:
    """Show strawberry a resolver whose GraphQL arguments are those of `function`, whose names it also resolves."""
    parameters = [
        inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=strawberry.Info),
    ]
    if function is not None:
        skipped = 2 if _takes_context(function) else 1
        declared = list(inspect.signature(function).parameters.values())[skipped:]
        parameters += [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in declared]
        resolve.__module__ = function.__module__
    vars(resolve)["__signature__"] = inspect.Signature(parameters)
    return resolve
