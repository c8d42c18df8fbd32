"""Load by wrk, and what it costs the server and PostgreSQL."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from persistence.embedded.server import EmbeddedServer

SCRIPT = Path(__file__).with_name("load.lua")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Requests:
    """One kind of work: HTTP requests to choose from at random, or to send `in_order`, each once."""

    name: str
    path: Path
    in_order: bool = False

    @classmethod
    def written(cls, folder: Path, name: str, requests: list[dict[str, str]]) -> "Requests":
        path = folder / f"{name}.jsonl"
        path.write_text("\n".join("\t".join((r["method"], r["path"], r["token"], r["body"])) for r in requests))
        return cls(name, path)


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU in microseconds a request; `failed`: answers that were not as they should be."""

    per_second: float
    p50_ms: float
    p99_ms: float
    server_us: float
    postgres_us: float
    memory_mb: float
    failed: int


def run(port: int, requests: Requests, server: psutil.Process, postgres: psutil.Process, seconds: float) -> Measured:
    before = cpu(server), cpu_of_family(postgres)
    wrk = ["wrk", "-t1", "-c32", "--timeout", "10s", f"-d{max(round(seconds), 1)}s", "-s", str(SCRIPT)]
    done = subprocess.run(
        ["taskset", "-c", "1", *wrk, f"http://127.0.0.1:{port}"],
        env=os.environ | {"REQUESTS": str(requests.path)} | ({"IN_ORDER": "yes"} if requests.in_order else {}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(re.search(r"^\{.*\}$", done.stdout, re.MULTILINE)[0])  # type: ignore[index]  # load.lua prints it
    count = max(found["count"], 1)
    spent = cpu(server) - before[0], cpu_of_family(postgres) - before[1]
    return Measured(
        per_second=found["count"] / (found["us"] / 1e6),
        p50_ms=found["p50"] / 1000,
        p99_ms=found["p99"] / 1000,
        server_us=spent[0] * 1e6 / count,
        postgres_us=spent[1] * 1e6 / count,
        memory_mb=server.memory_info().rss / 2**20,
        failed=found["failed"],
    )


def postgres_of(server: EmbeddedServer) -> psutil.Process:
    return psutil.Process(int((server.cluster.data / "postmaster.pid").read_text().split()[0]))


def cpu(process: psutil.Process) -> float:
    """Seconds of this process and its children, as Node's peers have none but threads."""
    return sum(sum(each.cpu_times()[:2]) for each in (process, *process.children(recursive=True)))


def cpu_of_family(process: psutil.Process) -> float:
    total = sum(process.cpu_times()[:4])
    for child in process.children():
        try:
            total += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return total
