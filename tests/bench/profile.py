"""Where the time of one kind of request goes: a flame graph of our server under load, by py-spy.

python -m tests.bench.profile [a|b|c] [file.svg]
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from persistence.embedded.server import start
from tests.bench import load
from tests.bench.__main__ import dsn_of, prepared
from tests.bench.servers import PEERS, running
from tests.bench.work import KINDS, NAMES, requests_for

SECONDS = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.profile", description=__doc__)
    parser.add_argument("kind", choices=NAMES, nargs="?", default="c")
    parser.add_argument("target", type=Path, nargs="?", default=Path("profile.svg"))
    parser.add_argument("--data", type=Path, default=Path("bench-data"), help="folder of the data set, kept")
    given = parser.parse_args()
    given.data.mkdir(exist_ok=True)
    kind = NAMES.index(given.kind)
    with start(given.data.resolve()) as server, tempfile.TemporaryDirectory() as folder:
        asyncio.run(prepared(server))
        postgres = load.postgres_of(server)
        with running(PEERS[0], dsn_of(server), Path(folder)) as up:
            requests = requests_for(PEERS[0], kind, Path(folder))
            load.run(up.port, requests, up.process, postgres, 2)
            with recorded(up.process.pid, given.target):
                found = load.run(up.port, requests, up.process, postgres, SECONDS + 1)
    print(f"{KINDS[kind]}: {found.per_second:.0f} requests/s; the flame graph is {given.target}")


def recorded(pid: int, target: Path) -> "subprocess.Popen[bytes]":
    spy = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(pid), "--output", str(target)]
    return subprocess.Popen([*spy, "--duration", str(SECONDS), "--rate", "250", "--gil"], stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
