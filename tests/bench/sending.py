"""`sendText` beside pgbench with the same statements: 32 connections each, in turn; both commit to disk.

python -m tests.bench.sending
"""

import argparse
import asyncio
import json
import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import psutil

from persistence.embedded.binaries import find_binaries
from persistence.embedded.server import EmbeddedServer, start
from tests.bench import dataset, load
from tests.bench.__main__ import DATABASE, ask, dsn_of, prepared
from tests.bench.dataset import SESSIONS, USERS
from tests.bench.servers import PEERS, Running, running
from tests.bench.work import session_id, token_of

OURS, THEIRS = "wellmate_bench_sending", "wellmate_bench_pgbench"
SCRIPT = Path(__file__).with_name("send.sql")
ROUNDS, SECONDS = 5, 4.0
QUERY = "mutation($input: SendTextInput!) { sendText(input: $input) { message { id seq } reply { id } duplicate } }"
GOAL = 0.5


@contextmanager
def copied(server: EmbeddedServer, name: str) -> Iterator[str]:
    """A database of its own, as sending leaves messages behind; its URL as libpq takes it."""
    asyncio.run(_execute(server, f"DROP DATABASE IF EXISTS {name}"))
    asyncio.run(_execute(server, f"CREATE DATABASE {name} TEMPLATE {DATABASE} OWNER wellmate"))
    try:
        yield dsn_of(server, name)
    finally:
        asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(server: EmbeddedServer, statement: str) -> None:
    connection = await dataset.connected(server.superuser_dsn())
    await connection.execute(statement)
    await connection.close()


def messages(folder: Path, part: int, key: str = "bench") -> load.Requests:
    """More than can be sent, each in a session of its own."""
    made = [message(number, key) for number in range(part, SESSIONS, ROUNDS)]
    return replace(load.Requests.written(folder, f"{key}{part}", made), in_order=True)


@contextmanager
def silent_vendor() -> Iterator[dict[str, str]]:
    """Settings of one that takes a question at a time and never answers: sending is measured, not answering.

    The replies are taken up as ever, and wait; that they are given up would be answering too.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as ear:
        url = f"http://127.0.0.1:{ear.getsockname()[1]}/api"
        key = {"WELLMATE_FASTGPT_API_KEY": "a key that nobody looks at", "WELLMATE_PROVIDER_CONCURRENCY": "1"}
        patience = {"WELLMATE_FIRST_WORD_SECONDS": "600", "WELLMATE_DRAIN_SECONDS": "0"}
        yield {"WELLMATE_FASTGPT_BASE_URL": url} | key | patience


def message(number: int, key: str = "bench") -> dict[str, str]:
    given = {"text": "今天有点头晕", "clientKey": f"{key}-{number:012}", "sessionId": session_id(number)}
    body = json.dumps({"query": QUERY, "variables": {"input": given}}, ensure_ascii=False)
    return {"method": "POST", "path": "/graphql", "token": token_of(number % USERS), "body": body}


def sent_by_us(up: Running, requests: load.Requests, postgres: psutil.Process) -> float:
    found = load.run(up.port, requests, up.process, postgres, SECONDS)
    rate, cpu = f"{found.per_second:.0f}/s", f"{found.server_us:,.0f} + {found.postgres_us:,.0f} µs"
    print(
        f"sendText {rate}, p50 {found.p50_ms:.0f} ms, p99 {found.p99_ms:.0f} ms, CPU server + PostgreSQL {cpu}",
        flush=True,
    )
    if found.failed:
        raise SystemExit(f"{found.failed:.0f} messages were not sent")
    return found.per_second


def sent_by_pgbench(dsn: str) -> float:
    command = [find_binaries(None) / "pgbench", "--no-vacuum", "-M", "prepared", "-c", "32", "-j", "1"]
    asked = [*command, "-T", str(round(SECONDS)), "-f", SCRIPT, dsn]
    told = subprocess.run(["taskset", "-c", "0", *map(str, asked)], capture_output=True, text=True, check=True).stdout
    found = re.search(r"tps = ([\d.]+)", told)
    if found is None:
        raise SystemExit(told)
    return float(found[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sending", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("bench-data"), help="folder of the data set, kept")
    given = parser.parse_args()
    given.data.mkdir(exist_ok=True)
    with start(given.data.resolve()) as server, tempfile.TemporaryDirectory() as name:
        asyncio.run(prepared(server))
        with copied(server, OURS) as dsn, copied(server, THEIRS) as their_dsn:
            ours, theirs = measured(server, dsn, their_dsn, Path(name))
    print(f"sendText {ours:.0f}/s, pgbench {theirs:.0f}/s: {ours / theirs:.2f} of it (goal {GOAL})")


def measured(server: EmbeddedServer, dsn: str, their_dsn: str, folder: Path) -> tuple[float, float]:
    postgres = load.postgres_of(server)
    postgres.cpu_affinity([1])
    ours, theirs = [], []
    for number in range(ROUNDS):
        ours.append(one_round(dsn, folder, number, postgres))
        asyncio.run(nobody_waits(dsn))
        theirs.append(sent_by_pgbench(their_dsn))
    return median(ours), median(theirs)


def one_round(dsn: str, folder: Path, number: int, postgres: psutil.Process) -> float:
    """By a server of its own: the replies that wait pile up in it as nowhere else."""
    with silent_vendor() as vendor, running(replace(PEERS[0], environment=vendor), dsn, folder) as up:
        if wrong := ask(up.port, message(number, "first")):
            raise SystemExit(wrong)
        load.run(up.port, messages(folder, (number + 1) % ROUNDS, f"warm{number}"), up.process, postgres, 1)
        return sent_by_us(up, messages(folder, number), postgres)


async def nobody_waits(dsn: str) -> None:
    connection = await dataset.connected(dsn)
    await connection.execute("UPDATE replies SET status = 'STOPPED'; TRUNCATE pgqueuer")
    await connection.close()


if __name__ == "__main__":
    main()
