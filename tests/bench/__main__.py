"""`make bench`: our server and its peers, side by side, in interleaved rounds."""

import argparse
import asyncio
import tempfile
from collections import defaultdict
from http import HTTPStatus
from pathlib import Path
from statistics import median

import httpx

from migrations.run import upgrade
from persistence.embedded.server import EmbeddedServer, start
from tests.bench import dataset, load, report
from tests.bench.servers import PEERS, Peer, running
from tests.bench.work import KINDS, request, requests_for

DATABASE = "wellmate_bench"
Results = dict[tuple[str, int], list[load.Measured]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("bench-data"), help="folder of the data set, kept")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md and its plot")
    given = parser.parse_args()
    given.data.mkdir(exist_ok=True)
    with start(given.data.resolve()) as server, tempfile.TemporaryDirectory() as folder:
        asyncio.run(prepared(server))
        results = measure(server, Path(folder), given.rounds, given.seconds)
    table = report.table({key: middle(measured) for key, measured in results.items()})
    print(table)
    if given.write:
        report.write(table, {key: middle(measured) for key, measured in results.items()}, given.rounds, given.seconds)


async def prepared(server: EmbeddedServer) -> None:
    """Two million messages, once."""
    exists = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
    connection = await dataset.connected(server.superuser_dsn())
    try:
        if await connection.fetchval(exists) is None:
            await connection.execute(f"CREATE DATABASE {DATABASE} OWNER wellmate")
            await upgrade(server.dsn(DATABASE))
            await dataset.make(server.dsn(DATABASE))
    finally:
        await connection.close()


def measure(server: EmbeddedServer, folder: Path, rounds: int, seconds: float) -> Results:
    """Every peer in every round, so that a slow minute of the machine is slow for all."""
    results: Results = defaultdict(list)
    present = [peer for peer in PEERS if works(peer, server, folder)]
    for number in range(rounds):
        for peer in present:
            for kind, measured in enumerate(one_round(peer, server, folder, seconds)):
                results[peer.name, kind].append(measured)
                print(f"round {number + 1} {peer.name:20} {KINDS[kind][:1]} {measured.per_second:8.0f}/s")
    return results


def works(peer: Peer, server: EmbeddedServer, folder: Path) -> bool:
    """Whether it answers each kind of request without errors; what does not is left out, and said."""
    if not peer.available:
        print(f"{peer.name}: left out, {peer.needs} is missing")
        return False
    with running(peer, dsn_of(server), folder) as up:
        wrong = [answer for kind in range(len(KINDS)) if (answer := ask(up.port, request(peer, kind, 0)))]
    for answer in wrong:
        print(f"{peer.name}: left out, it answered {answer}")
    return not wrong


def ask(port: int, request: dict[str, str]) -> str | None:
    """What is wrong with the answer, None when nothing is."""
    headers = {"content-type": "application/json"}
    if request["token"]:
        headers["authorization"] = f"Bearer {request['token']}"
    url = f"http://127.0.0.1:{port}{request['path']}"
    body = request["body"].encode() or None
    with httpx.Client(trust_env=False, timeout=30) as client:
        answer = client.request(request["method"], url, content=body, headers=headers)
    good = answer.status_code == HTTPStatus.OK and '"errors"' not in answer.text
    return None if good else f"{answer.status_code} {answer.text[:200]}"


def dsn_of(server: EmbeddedServer, database: str = DATABASE) -> str:
    """As libpq takes it."""
    return server.dsn(database).replace("+asyncpg", "")


def one_round(peer: Peer, server: EmbeddedServer, folder: Path, seconds: float) -> list[load.Measured]:
    postgres = load.postgres_of(server)
    postgres.cpu_affinity([1])
    with running(peer, dsn_of(server), folder) as up:
        found = []
        for kind in range(len(KINDS)):
            requests = requests_for(peer, kind, folder)
            load.run(up.port, requests, up.process, postgres, seconds / 4)
            found.append(load.run(up.port, requests, up.process, postgres, seconds))
    return found


def middle(measured: list[load.Measured]) -> load.Measured:
    names = load.Measured.__dataclass_fields__
    return load.Measured(**{name: median(getattr(each, name) for each in measured) for name in names})


if __name__ == "__main__":
    main()
