"""Which source a field is read from. What is not known to be simple goes through its resolver, as in graphql-core."""

from collections import defaultdict

from graphql import GraphQLField
from graphql.execution import default_field_resolver
from strawberry import Schema
from strawberry.permission import PermissionExtension
from strawberry.types.field import StrawberryField

from compiled.arguments import Arguments, converted_arguments, raw_arguments
from compiled.fields import METADATA_KEY, Batched, Computed
from compiled.run import Site
from compiled.sources import FromAttribute, FromCall, FromEvent, FromLoader, FromResolver, Guarded, Source, Use

_DEFINITION = "strawberry-definition"


def source_of(site: Site, schema: Schema, uses: defaultdict[str, Use]) -> Source:
    """The quickest source that gives what graphql-core would give; `uses`: of loaders, by name."""
    field = site.definition.extensions.get(_DEFINITION)
    if isinstance(field, StrawberryField) and field.is_subscription:
        return FromEvent()
    if not isinstance(field, StrawberryField) or not _is_untouched(field, site.definition):
        return _through_resolver(site)
    arguments = converted_arguments(site.definition, site.nodes[0], field, schema)
    declared = _declared(field, arguments, uses)
    match field.extensions:
        case _ if declared is None:
            return _through_resolver(site)
        case []:
            return declared
        case [PermissionExtension(fail_silently=False) as guard] if type(guard) is PermissionExtension:
            is_async = field.is_async or not guard.supports_sync
            return Guarded(declared, site, field, guard.permissions, arguments, is_async)
        case _:
            return _through_resolver(site)


def _is_untouched(field: StrawberryField, definition: GraphQLField) -> bool:
    """Whether the field is strawberry's own, with the resolver that strawberry made for it."""
    is_own = type(field) is StrawberryField and field.default_resolver is getattr
    return is_own and hasattr(definition.resolve, "_is_default")


def _declared(field: StrawberryField, arguments: Arguments, uses: defaultdict[str, Use]) -> Source | None:
    declared = field.metadata.get(METADATA_KEY)
    if isinstance(declared, Batched):
        use = uses[declared.loader]
        use.fields += 1
        return FromLoader(declared, arguments, use)
    if isinstance(declared, Computed):
        return FromCall(declared, arguments, not field.arguments and not declared.takes_context)
    name = field.python_name
    return FromAttribute(name) if field.base_resolver is None and name.isidentifier() else None


def _through_resolver(site: Site) -> Source:
    resolve = site.definition.resolve or default_field_resolver
    return FromResolver(site, resolve, raw_arguments(site.definition, site.nodes[0]))
