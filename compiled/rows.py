"""The hot loop, written as source: one dict a row with literal keys, usual values checked in line."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from compiled.fields import Computed
from compiled.leaves import Leaf
from compiled.needs import Needs, together

_BREAK = "\n        "


class Constant(NamedTuple):
    """A field that is the same in every row."""

    key: str
    value: str


class Attribute(NamedTuple):
    """A leaf read from an attribute of the object."""

    key: str
    name: str
    leaf: Leaf


class Call(NamedTuple):
    """A leaf that is a call with the object alone."""

    key: str
    computed: Computed
    leaf: Leaf


class Filled(NamedTuple):
    """A field whose completed values come as the column of this number."""

    key: str
    column: int


Cell = Constant | Attribute | Call | Filled


def row_builder(cells: Sequence[Cell]) -> Callable[..., list[dict[str, Any]]]:
    """A function `(objects, *columns)` that gives one dict an object, its keys in the order of the cells."""
    writer = _Writer()
    items = ", ".join(f"{cell.key!r}: {writer.write(cell)}" for cell in cells)
    columns = [f"column{cell.column}" for cell in sorted(_filled(cells), key=attrgetter("column"))]
    places = [f"value_of_{column}" for column in columns]
    source = f"""
def build({", ".join(["objects", *columns])}):
    rows = []
    append = rows.append
    for {", ".join(["o", *places])} in {_rows_of(columns)}:
        {_BREAK.join([*writer.lines, f"append({{{items}}})"])}
    return rows
"""
    return _function(source, writer.names)


class _Writer:
    """Collects the lines that make the variables of a row, and the names which those lines use."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}

    def write(self, cell: Cell) -> str:
        """The expression for a cell's value."""
        match cell:
            case Constant():
                return repr(cell.value)
            case Filled():
                return f"value_of_column{cell.column}"
            case Attribute():
                return self._leaf(f"o.{cell.name}", cell.leaf)
            case Call():
                return self._leaf(f"{self._named(cell.computed.function)}(o)", cell.leaf)

    def _leaf(self, value: str, leaf: Leaf) -> str:
        variable = f"v{len(self.lines)}"
        names = {name: self._named(thing) for name, thing in leaf.names.items()}
        self.lines += [
            f"{variable} = {value}",
            leaf.code.format(v=variable, complete=self._named(leaf.complete), **names),
        ]
        return variable

    def _named(self, thing: Any) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = thing
        return name


def read_by(cells: Sequence[Cell]) -> Needs:
    """The attributes of an object that its row is made of."""
    calls = [cell.computed.reads for cell in cells if isinstance(cell, Call)]
    return together((*calls, frozenset(cell.name for cell in cells if isinstance(cell, Attribute))))


def _filled(cells: Sequence[Cell]) -> list[Filled]:
    return [cell for cell in cells if isinstance(cell, Filled)]


def _rows_of(columns: Sequence[str]) -> str:
    return f"zip({', '.join(['objects', *columns])}, strict=True)" if columns else "objects"


def _function(source: str, names: dict[str, Any]) -> Callable[..., list[dict[str, Any]]]:
    # The source is made of quoted keys, numbered variables and names that the schema declares in Python.
    exec(compile(source, "<compiled operation>", "exec"), names)  # noqa: S102
    function: Callable[..., list[dict[str, Any]]] = names["build"]
    return function
