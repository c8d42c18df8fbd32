"""Live streams of a vendor's tokens beside yoga with graphql-ws: in turn, one process on one core each.

python -m tests.bench.streams
"""

import asyncio
import os
import tempfile
from asyncio.subprocess import Process
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

import httpx

from persistence.embedded.server import start
from tests.api.client import People, http_client
from tests.bench.__main__ import dsn_of
from tests.bench.servers import NODE, PEERS, Peer, Running, running
from tests.chaos.crowd import TICKING, of_replies, ticking
from tests.chaos.watchers import Lateness, Watcher
from tests.chaos.watching import Opening, Streamed, all_begun, streamed

ROUNDS, SIZES, GAP_S = 3, (100, 300, 500, 1000), 1 / 30
PATIENCE_S = 120.0
YOGA = Peer("yoga + graphql-ws", "graphql", ("node", "streams.mjs"), NODE / "node_modules")
RELAY = "subscription { replyStream(messageId: 1) { text } }"
HEAD = "| server | streams | tokens/s each | tokens an event | p50 ms | p99 ms | CPU µs a token | kB a stream |"


def main() -> None:
    os.sched_setaffinity(0, {1})  # vendor, load and PostgreSQL, which are started from here
    peers = [peer for peer in (PEERS[0], YOGA) if peer.available]
    found: dict[tuple[str, int], list[Streamed]] = {}
    for number in range(ROUNDS):
        for size in SIZES:
            for peer in peers:
                one = asyncio.run(_one(peer, size))
                found.setdefault((peer.name, size), []).append(one)
                print(f"round {number + 1} {_row(peer.name, size, [one])}", flush=True)
    print("\n".join([HEAD, "|" + "---|" * 8, *(_row(name, size, each) for (name, size), each in found.items())]))


async def _one(peer: Peer, size: int) -> Streamed:
    """By a server and a database of its own."""
    with tempfile.TemporaryDirectory() as name, start(Path(name) / "postgres", durable=False) as postgres:
        async with ticking() as (vendor, base_url):
            given = {
                f"WELLMATE_{key.upper()}": value for key, value in (TICKING | {"openai_base_url": base_url}).items()
            }
            prepared = replace(peer, environment=given | {"VENDOR": base_url})
            with running(prepared, dsn_of(postgres, "wellmate"), Path(name)) as up:
                return await _streamed(up, vendor, size)


async def _streamed(up: Running, vendor: Process, size: int) -> Streamed:
    async with http_client(up.port) as http:
        http.timeout = httpx.Timeout(PATIENCE_S)
        opening = await of_replies(People(up.port, http), size) if up.peer.style == "ours" else _relay

        async def begun(lateness: Lateness) -> list[Watcher]:
            return await all_begun(up.port, size, lateness, opening)

        return await streamed(up.process, vendor, GAP_S, begun)


async def _relay(_number: int) -> Opening:
    return "", {"query": RELAY}


def _row(name: str, size: int, found: Sequence[Streamed]) -> str:
    p50, p99 = (median(each.late_ms[which] for each in found) for which in range(2))
    tokens, merged, cpu_us, kb = (
        median(getattr(each, figure) for each in found) for figure in ("tokens", "merged", "cpu_us", "grown_kb")
    )
    return f"| {name} | {size} | {tokens:.1f} | {merged:.1f} | {p50:.0f} | {p99:.0f} | {cpu_us:.0f} | {kb:.0f} |"


if __name__ == "__main__":
    main()
