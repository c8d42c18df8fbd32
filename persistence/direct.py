"""Transactions by asyncpg itself, for what goes on all the time: sending, and answering (`docs/decisions/0009`).

They take SQLAlchemy's statements, and compile each once, as long as it lives: what is asked often is a constant.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Executable
from sqlalchemy.dialects import registry

from persistence.prepared import Pool

_DIALECT: Any = registry.load("postgresql.asyncpg")()


class Compiled:
    """A statement as PostgreSQL reads it; `gives_rows`: else only how many it changed."""

    __slots__ = ("_built_in", "_names", "gives_rows", "sql")

    def __init__(self, statement: Any, names: Iterable[str]) -> None:
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


class Rows:
    """What a statement gave, as `persistence.connection.Result` and `Scalars` say."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], changed: int = 0) -> None:
        self._rows = rows
        self.rowcount = changed or len(rows)

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        (row,) = self._rows
        return row

    def all(self) -> Sequence[Any]:
        return self._rows

    def scalar(self) -> Any:
        return self._rows[0][0] if self._rows else None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)


class Transactions:
    """Those of one process: connections, and statements as they were compiled."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._compiled: WeakKeyDictionary[Executable, Compiled] = WeakKeyDictionary()

    @asynccontextmanager
    async def begin(self, patience_s: float) -> AsyncIterator["Direct"]:
        """Committed at the end, rolled back by any exception. Raises TimeoutError when no connection becomes free."""
        async with self.pool.connection(patience_s) as connection:
            direct = Direct(connection, self)
            yield direct
            await direct.commit()

    def compiled(self, statement: Executable, names: Iterable[str]) -> Compiled:
        found = self._compiled.get(statement)
        if found is None:
            found = self._compiled[statement] = Compiled(statement, names)
        return found


class Direct:
    """One transaction; PostgreSQL learns of it with its first statement."""

    __slots__ = ("_begun", "_connection", "_statements")

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]", statements: Transactions) -> None:
        self._connection = connection
        self._statements = statements
        self._begun = False

    async def hold(self, key: UUID) -> None:
        """Takes the advisory lock of this id until the end: as the first statement, on the way of BEGIN."""
        begin = "" if self._begun else "BEGIN; "
        self._begun = True
        await self._connection.execute(f"{begin}SELECT pg_advisory_xact_lock(hashtextextended('{key}', 0))")

    async def execute(self, statement: Executable, parameters: Any = None, /) -> Rows:
        """`parameters`: by name; a list of such runs the statement for each."""
        if isinstance(parameters, list):
            return Rows((), sum([(await self._run(statement, each)).rowcount for each in parameters]))
        return await self._run(statement, parameters or {})

    async def scalars(self, statement: Executable, parameters: Any = None, /) -> Rows:
        return Rows([row[0] for row in await self.execute(statement, parameters)])

    async def commit(self) -> None:
        if self._begun:
            await self._connection.execute("COMMIT")

    async def _run(self, statement: Executable, given: Mapping[str, Any]) -> Rows:
        if not self._begun:
            self._begun = True
            await self._connection.execute("BEGIN")
        compiled = self._statements.compiled(statement, given)
        if compiled.gives_rows:
            return Rows(await self._connection.fetch(compiled.sql, *compiled.arguments(given)))
        status: str = await self._connection.execute(compiled.sql, *compiled.arguments(given))
        return Rows((), int(status.rpartition(" ")[2]))
