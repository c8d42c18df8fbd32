"""A page of history among 2 million messages, and among 10 million: it should cost the same.

python -m tests.bench.scaling
"""

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from persistence.embedded.server import EmbeddedServer, start
from tests.bench import dataset, load
from tests.bench.__main__ import DATABASE, dsn_of, prepared
from tests.bench.servers import PEERS, Running, running
from tests.bench.work import requests_for

LARGE = "wellmate_bench_large"
EACH = 500
"""Messages in each of the 20,000 sessions of the large one."""
ROUNDS, SECONDS = 5, 4.0
HISTORY = 1


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians; microseconds of CPU a page."""

    per_second: float
    server_us: float
    postgres_us: float


async def enlarged(server: EmbeddedServer) -> None:
    """Ten million messages, once."""
    connection = await dataset.connected(server.superuser_dsn())
    exists = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", LARGE)
    if not exists:
        await connection.execute(f"CREATE DATABASE {LARGE} TEMPLATE {DATABASE} OWNER wellmate")
    await connection.close()
    connection = await dataset.connected(server.dsn(LARGE))
    if await connection.fetchval("SELECT min(last_seq) FROM chat_sessions") < EACH:
        await connection.execute("DELETE FROM messages WHERE seq > $1", dataset.MESSAGES)
        await dataset.add_messages(connection, dataset.MESSAGES + 1, EACH)
    await connection.close()


def measured(server: EmbeddedServer, folder: Path) -> dict[str, Cost]:
    """In turns, each with a server of its own."""
    postgres = load.postgres_of(server)
    postgres.cpu_affinity([1])
    found: dict[str, list[load.Measured]] = {DATABASE: [], LARGE: []}
    for _ in range(ROUNDS):
        for database, runs in found.items():
            with running(PEERS[0], dsn_of(server, database), folder) as up:
                runs.append(pages(up, folder, postgres))
    return {database: cost(runs) for database, runs in found.items()}


def pages(up: Running, folder: Path, postgres: psutil.Process) -> load.Measured:
    requests = requests_for(PEERS[0], HISTORY, folder)
    load.run(up.port, requests, up.process, postgres, SECONDS / 2)
    return load.run(up.port, requests, up.process, postgres, SECONDS)


def cost(runs: list[load.Measured]) -> Cost:
    return Cost(
        median(run.per_second for run in runs),
        median(run.server_us for run in runs),
        median(run.postgres_us for run in runs),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scaling", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("bench-data"), help="folder of the data set, kept")
    given = parser.parse_args()
    given.data.mkdir(exist_ok=True)
    with start(given.data.resolve()) as server, tempfile.TemporaryDirectory() as folder:
        asyncio.run(prepared(server))
        asyncio.run(enlarged(server))
        few, many = measured(server, Path(folder)).values()
    for name, found in (("2 million", few), ("10 million", many)):
        print(f"{name:12} {found.per_second:7.0f} pages/s   CPU {found.server_us:.0f} + {found.postgres_us:.0f} µs")
    change = (many.server_us + many.postgres_us) / (few.server_us + few.postgres_us) - 1
    print(f"change of the CPU a page: {change:+.1%} (goal < 10 %)")


if __name__ == "__main__":
    main()
