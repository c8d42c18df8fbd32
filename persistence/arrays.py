"""Bound arrays as a table: one statement whatever the number of keys or rows."""

from typing import Any

from sqlalchemy import ARRAY, bindparam, cast, column, func
from sqlalchemy.sql.selectable import TableValuedAlias


def unnested(name: str, **types: Any) -> TableValuedAlias:
    """The bound arrays of these names as one table with one row a key."""
    arrays = [cast(bindparam(key), ARRAY(kind)) for key, kind in types.items()]
    return func.unnest(*arrays).table_valued(*(column(key, kind) for key, kind in types.items())).render_derived(name)
