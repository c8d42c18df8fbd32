"""What statements run on: SQLAlchemy's statements, by asyncpg (`docs/decisions/0009`)."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Executable

from persistence.pool import Driver
from persistence.prepared import Statements


class Rows:
    """What a statement gave."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], changed: int = 0) -> None:
        self._rows = rows
        self.rowcount = changed or len(rows)

    def first(self) -> Any:
        """None when there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        (row,) = self._rows
        return row

    def all(self) -> Sequence[Any]:
        return self._rows

    def scalar(self) -> Any:
        """Of the first row; None when there is none."""
        return self._rows[0][0] if self._rows else None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)


class Reader(Protocol):
    """What a connection for reading can do."""

    async def execute(self, statement: Executable, parameters: Any = None, /) -> Rows: ...


class Connection:
    """For reads: each statement by itself."""

    __slots__ = ("_driver", "_statements")

    def __init__(self, driver: Driver, statements: Statements) -> None:
        self._driver = driver
        self._statements = statements

    async def execute(self, statement: Executable, parameters: Any = None, /) -> Rows:
        """`parameters`: by name; a list of such runs the statement for each."""
        if isinstance(parameters, list):
            return Rows((), sum([(await self._run(statement, each)).rowcount for each in parameters]))
        return await self._run(statement, parameters or {})

    async def scalars(self, statement: Executable, parameters: Any = None, /) -> Rows:
        """The first column of each row."""
        return Rows([row[0] for row in await self.execute(statement, parameters)])

    async def scalar(self, statement: Executable, parameters: Any = None, /) -> Any:
        """The first column of the first row; None when there is none."""
        return (await self.execute(statement, parameters)).scalar()

    async def _run(self, statement: Executable, given: Mapping[str, Any]) -> Rows:
        prepared = self._statements.prepared(statement, given)
        if prepared.gives_rows:
            return Rows(await self._driver.fetch(prepared.sql, *prepared.arguments(given)))
        status: str = await self._driver.execute(prepared.sql, *prepared.arguments(given))
        return Rows((), int(status.rpartition(" ")[2]))


class Transaction(Connection):
    """PostgreSQL learns of it with its first statement."""

    __slots__ = ("_begun",)

    def __init__(self, driver: Driver, statements: Statements) -> None:
        super().__init__(driver, statements)
        self._begun = False

    async def hold(self, key: UUID) -> None:
        """Takes the advisory lock of this id until the end: as the first statement, on the way of BEGIN."""
        begin = "" if self._begun else "BEGIN; "
        self._begun = True
        await self._driver.execute(f"{begin}SELECT pg_advisory_xact_lock(hashtextextended('{key}', 0))")

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """What fails in it is undone alone, and raised."""
        await self._begin()
        await self._driver.execute("SAVEPOINT attempt")
        try:
            yield
        except Exception:
            await self._driver.execute("ROLLBACK TO attempt")
            raise
        await self._driver.execute("RELEASE attempt")

    async def copy(self, table: str, columns: Sequence[str], records: Iterable[Sequence[Any]]) -> None:
        """A fifth of what inserting costs."""
        await self._begin()
        await self._driver.copy_records_to_table(table, records=records, columns=columns)

    async def commit(self) -> None:
        if self._begun:
            await self._driver.execute("COMMIT")

    async def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            await self._driver.execute("BEGIN")

    async def _run(self, statement: Executable, given: Mapping[str, Any]) -> Rows:
        if not self._begun:
            await self._begin()
        return await super()._run(statement, given)
