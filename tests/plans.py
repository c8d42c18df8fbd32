"""What PostgreSQL does for a call: its statements, and EXPLAIN of each."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persistence.engine import Database

Node = dict[str, Any]
ABOUT_TYPES = ("typeinfo_tree", "set_config('jit'")
"""What asyncpg asks once a connection."""


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


@asynccontextmanager
async def recorded(database: Database) -> AsyncIterator[list[tuple[str, Any]]]:
    """Statements and parameters of every read meanwhile, of one at a time."""
    seen: list[tuple[str, Any]] = []

    def record(logged: Any) -> None:
        if not any(mark in logged.query for mark in ABOUT_TYPES):
            seen.append((logged.query, logged.args))

    async with database.reads.connection(1) as driver:
        driver.add_query_logger(record)
    try:
        yield seen
        await asyncio.sleep(0)  # asyncpg tells of a statement a little later
    finally:
        driver.remove_query_logger(record)


async def cpu_ms(database: Database, call: Callable[[], Awaitable[object]], rounds: int) -> float:
    """CPU time of PostgreSQL for one call: its statements again and again over one connection. For a local server."""
    async with recorded(database) as statements:
        await call()
    async with database.reads.connection(1) as driver:
        process = Path(f"/proc/{await driver.fetchval('SELECT pg_backend_pid()')}/schedstat")
        began = _nanoseconds(process)
        for _ in range(rounds):
            for statement, parameters in statements:
                await driver.fetch(statement, *parameters)
        return (_nanoseconds(process) - began) / rounds / 1e6


def _nanoseconds(schedstat: Path) -> int:
    return int(schedstat.read_text().split()[0])


async def plans_of(database: Database, call: Callable[[], Awaitable[object]]) -> list[Plan]:
    async with recorded(database) as statements:
        await call()
    return [await _explained(database, statement, parameters) for statement, parameters in statements]


async def _explained(database: Database, statement: str, parameters: Any) -> Plan:
    async with database.reads.connection(1) as driver:
        lines = await driver.fetch(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", *parameters)
        [root] = json.loads(await driver.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *parameters))
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
