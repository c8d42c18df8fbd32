"""What a transaction's statements run on: SQLAlchemy's connection, or the shorter way of `persistence/direct.py`."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import Executable


class Scalars(Protocol):
    """The first column of each row."""

    def all(self) -> Sequence[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Result(Protocol):
    @property
    def rowcount(self) -> int: ...

    def first(self) -> Any:
        """None when there is none."""

    def one(self) -> Any: ...

    def all(self) -> Sequence[Any]: ...

    def scalar(self) -> Any:
        """Of the first row; None when there is none."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    async def execute(self, statement: Executable, parameters: Any = None, /) -> Result: ...

    async def scalars(self, statement: Executable, parameters: Any = None, /) -> Scalars: ...
