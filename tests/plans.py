"""What PostgreSQL does for a call: its statements, and EXPLAIN of each."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

from persistence.engine import Database

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """`text`: as a person reads EXPLAIN (ANALYZE, BUFFERS). `ms`: planning and execution."""

    text: str
    nodes: tuple[Node, ...]
    buffers: int
    ms: float

    def rows_of(self, table: str) -> int:
        """Rows that were looked at in a table, those filtered out included."""
        return sum(_rows(node) for node in self.nodes if node.get("Relation Name") == table)

    def whole_tables(self) -> list[str]:
        """Tables read from end to end."""
        return [node["Relation Name"] for node in self.nodes if node["Node Type"] == "Seq Scan"]


@contextmanager
def recorded(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Statements and parameters of every read meanwhile."""
    seen: list[tuple[str, Any]] = []

    def record(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        seen.append((statement, parameters))

    engine = database.read.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", record)


async def cpu_ms(database: Database, call: Callable[[], Awaitable[object]], rounds: int) -> float:
    """CPU time of PostgreSQL for one call: its statements again and again over one connection. For a local server."""
    with recorded(database) as statements:
        await call()
    async with database.reading() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        process = Path(f"/proc/{await driver.fetchval('SELECT pg_backend_pid()')}/schedstat")
        began = _nanoseconds(process)
        for _ in range(rounds):
            for statement, parameters in statements:
                await driver.fetch(statement, *parameters)
        return (_nanoseconds(process) - began) / rounds / 1e6


def _nanoseconds(schedstat: Path) -> int:
    return int(schedstat.read_text().split()[0])


async def plans_of(database: Database, call: Callable[[], Awaitable[object]]) -> list[Plan]:
    with recorded(database) as statements:
        await call()
    return [await _explained(database, statement, parameters) for statement, parameters in statements]


async def _explained(database: Database, statement: str, parameters: Any) -> Plan:
    async with database.reading() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        lines = await driver.fetch(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", *parameters)
        [root] = await driver.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *parameters)
    nodes = tuple(_walk(root["Plan"]))
    buffers = root["Plan"]["Shared Hit Blocks"] + root["Plan"]["Shared Read Blocks"]
    return Plan("\n".join(line[0] for line in lines), nodes, buffers, root["Planning Time"] + root["Execution Time"])


def _rows(node: Node) -> int:
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return int(each * node["Actual Loops"] + 0.5)


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", []):
        yield from _walk(child)
