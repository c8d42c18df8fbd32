"""The servers that are measured: ours, and the peers, each one process on the first core."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
import psutil

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE = HERE / "peers" / "node"
JWT_SECRET = "a secret that only the benchmark knows and long enough"
Style = Literal["ours", "graphql", "postgraphile", "rest"]
START_S = 60.0


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    style: Style
    command: tuple[str, ...]
    needs: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def available(self) -> bool:
        return self.needs is None or self.needs.exists()


def uvicorn(app: str) -> tuple[str, ...]:
    options = ("--no-access-log", "--log-level", "error", "--loop", "uvloop", "--http", "httptools")
    return (sys.executable, "-m", "uvicorn", app, *options)


FASTAPI = Path(sys.prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages" / "fastapi"
PEERS = (
    Peer("Wellmate", "ours", (sys.executable, "server.py", "serve")),
    Peer("Mercurius + JIT", "graphql", ("node", "mercurius.mjs"), NODE / "node_modules"),
    Peer("PostGraphile", "postgraphile", ("node", "postgraphile.mjs"), NODE / "node_modules"),
    Peer("yoga + JIT", "graphql", ("node", "yoga.mjs"), NODE / "node_modules"),
    Peer("json_agg floor", "rest", uvicorn("tests.bench.peers.floor:app")),
    Peer("FastAPI + ORM", "rest", uvicorn("tests.bench.peers.rest:app"), FASTAPI),
    Peer("strawberry as usual", "graphql", uvicorn("tests.bench.peers.tutorial:app")),
)


@dataclass(frozen=True, slots=True)
class Running:
    peer: Peer
    port: int
    process: psutil.Process


@contextmanager
def running(peer: Peer, dsn: str, data_dir: Path) -> Iterator[Running]:
    """`dsn` as libpq takes it. Only one server runs on the core at a time."""
    port = free_port()
    given = {"DSN": dsn, "PORT": str(port), "NODE_ENV": "production"} | peer.environment
    environment = os.environ | given | ours(dsn, port, data_dir)
    command = [*peer.command, "--port", str(port)] if "uvicorn" in peer.command else list(peer.command)
    folder = NODE if peer.command[0] == "node" else ROOT
    with subprocess.Popen(
        ["taskset", "-c", "0", *command], cwd=folder, env=environment, stdout=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(port)
            yield Running(peer, port, psutil.Process(server.pid))
        finally:
            server.terminate()
            server.wait(timeout=30)


def ours(dsn: str, port: int, data_dir: Path) -> dict[str, str]:
    return {
        "WELLMATE_DATABASE_URL": dsn,
        "WELLMATE_PORT": str(port),
        "WELLMATE_DATA_DIR": str(data_dir),
        "WELLMATE_JWT_SECRET": JWT_SECRET,
        "WELLMATE_SHARED_NETWORKS": "127.0.0.0/8",
        "WELLMATE_LOG_LEVEL": "WARNING",
    }


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    """Any answer will do. Raises TimeoutError."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=1)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"nothing listens on {port}")
