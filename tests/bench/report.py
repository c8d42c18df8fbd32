"""The table, the plot and docs/performance.md."""

import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot

from tests.bench.load import Measured
from tests.bench.servers import PEERS
from tests.bench.work import KINDS

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"
Results = Mapping[tuple[str, int], Measured]
BEGIN, END = "<!-- measured: make bench -->", "<!-- end -->"
HEAD = "| server | requests/s | of ours | p50 ms | p99 ms | CPU µs server + PostgreSQL | RSS MB | failed |"


def table(results: Results) -> str:
    return "\n\n".join(f"**{KINDS[kind]}**\n\n{_one(results, kind)}" for kind in range(len(KINDS)))


def _one(results: Results, kind: int) -> str:
    ours = results[PEERS[0].name, kind].per_second
    rows = [
        f"| {peer.name} | {found.per_second:,.0f} | {found.per_second / ours:.2f} | {found.p50_ms:.1f} | "
        f"{found.p99_ms:.1f} | {found.server_us:,.0f} + {found.postgres_us:,.0f} | {found.memory_mb:.0f} | "
        f"{found.failed:.0f} |"
        for peer in PEERS
        if (found := results.get((peer.name, kind))) is not None
    ]
    return "\n".join([HEAD, "|" + "---|" * 8, *rows])


def write(text: str, results: Results, rounds: int, seconds: float) -> None:
    about = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.processor() or platform.machine()}, "
        f"Python {platform.python_version()}, Node.js {_version('node')}, PostgreSQL 18; {rounds} interleaved "
        f"rounds of {seconds:g} s, medians, 32 connections. Each server is one process on one core; load and "
        "PostgreSQL share the other. 2,000 people, 20,000 sessions, 2 million messages. Ours signs in, checks "
        "ownership, limits and logs; the peers do none of that. Machines are noisy: trust the ratios. Repeat it with "
        "`make bench`."
    )
    begun, _, rest = PAGE.read_text().partition(BEGIN) if PAGE.exists() else ("", "", "")
    tail = rest.partition(END)[2]
    head = begun or "# Performance\n\n"
    parts = (f"{head}{BEGIN}", about, "![Requests a second](performance.svg)", text, f"{END}{tail}")
    PAGE.write_text("\n\n".join(parts))
    plot(results)


def plot(results: Results) -> None:
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "wellmate"
    figure, axes = pyplot.subplots(1, len(KINDS), figsize=(13, 3.6), layout="constrained")
    for kind, axis in enumerate(axes):
        names = [peer.name for peer in PEERS if (peer.name, kind) in results][::-1]
        axis.barh(names, [results[name, kind].per_second for name in names], color=_colours(names))
        axis.set_title(KINDS[kind].replace("×", "x"), fontsize=10)
        axis.set_xlabel("requests a second")
    figure.savefig(PLOT, metadata={"Date": None})


def _colours(names: list[str]) -> list[str]:
    return ["#1f77b4" if name == PEERS[0].name else "#b0b0b0" for name in names]


def _version(program: str) -> str:
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "none"
