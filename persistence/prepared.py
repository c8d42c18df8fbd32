"""SQLAlchemy's statements, compiled to what asyncpg runs.

SQLAlchemy's own connections cost three times what asyncpg's do for a read of twenty rows (`docs/decisions/0009`).
"""

from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Executable
from sqlalchemy.dialects import registry

_DIALECT: Any = registry.load("postgresql.asyncpg")()


class Prepared:
    """A statement with what it was built with; what is bound later is given by name.

    `names`: the columns that an INSERT without values is given. `gives_rows`: else only how many it changed.
    """

    __slots__ = ("_built_in", "_names", "gives_rows", "sql")

    def __init__(self, statement: Any, names: Iterable[str] = ()) -> None:
        compiled = statement.compile(
            dialect=_DIALECT, column_keys=list(names), compile_kwargs={"render_postcompile": True}
        )
        self.sql: str = compiled.string
        self.gives_rows: bool = not statement.is_dml or bool(compiled.effective_returning)
        self._names: tuple[str, ...] = tuple(compiled.positiontup or ())
        required = {name for name, bind in compiled.binds.items() if bind.required}
        self._built_in: dict[str, Any] = {n: value for n, value in compiled.params.items() if n not in required}

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """In the order of their places in the text."""
        return [given[name] if name in given else self._built_in[name] for name in self._names]


class Statements:
    """Those of one process as they were compiled, each as long as it lives: what is asked often is a constant."""

    def __init__(self) -> None:
        self._prepared: WeakKeyDictionary[Executable, Prepared] = WeakKeyDictionary()

    def prepared(self, statement: Executable, names: Iterable[str]) -> Prepared:
        found = self._prepared.get(statement)
        if found is None:
            found = self._prepared[statement] = Prepared(statement, names)
        return found
