"""Real processes of `server.py`, to be stopped, killed and frozen."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic

from tests.api.serving import ADMIN_PASSWORD

SERVER = Path(__file__).parent.parent / "server.py"
START_S = 60.0


def as_typed() -> dict[str, str]:
    """The environment of somebody who types a command, not of one make that calls another."""
    return {name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}


class ServerProcess:
    """`server.py serve` or `worker`; `said` is what it printed."""

    def __init__(self, command: str, process: Process) -> None:
        self.command = command
        self.port = 0
        self.said: list[str] = []
        self._process = process
        self._reading = asyncio.create_task(self._read())
        self._up = asyncio.Event()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    @property
    def errors(self) -> list[str]:
        """Lines of its log that say so."""
        return [line for line in self.said if "[error" in line or "[critical" in line or "Traceback" in line]

    async def up(self) -> None:
        """Waits until it serves, or has ended."""
        async with asyncio.timeout(START_S):
            await self._up.wait()

    def send(self, number: signal.Signals) -> None:
        if self.is_alive:
            self._process.send_signal(number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)

    async def ended(self) -> int:
        """Its exit status."""
        await self._reading
        return await self._process.wait()

    async def terminated(self) -> float:
        """Seconds from SIGTERM to its end."""
        began = monotonic()
        self.send(signal.SIGTERM)
        await self.ended()
        return monotonic() - began

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            text = line.decode().rstrip()
            self.said.append(text)
            if "/graphql " in text:
                self.port = int(text.split("/graphql")[0].rpartition(":")[2])
                self._up.set()
            elif "waiting for jobs" in text:
                self._up.set()
        self._up.set()


class Fleet:
    """Processes with the same settings, over the same database."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._folder = folder
        given = {"data_dir": str(folder), "port": "0", "admin_password": ADMIN_PASSWORD, "shared_networks": "127.0.0.1"}
        self._settings = {f"WELLMATE_{name.upper()}": value for name, value in (given | dict(settings)).items()}
        self.processes: list[ServerProcess] = []

    async def launch(self, command: str = "serve") -> ServerProcess:
        """Does not wait for it."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WELLMATE_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(SERVER), command),
            cwd=self._folder,
            env=inherited | self._settings,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        started = ServerProcess(command, process)
        self.processes.append(started)
        return started

    async def start(self, command: str = "serve") -> ServerProcess:
        process = await self.launch(command)
        await process.up()
        assert process.is_alive, process.said
        return process

    @property
    def serving(self) -> list[ServerProcess]:
        return [process for process in self.processes if process.is_alive and process.port]


@asynccontextmanager
async def fleet(folder: Path, **settings: str) -> AsyncIterator[Fleet]:
    """Whatever still runs is killed at the end."""
    async with AsyncExitStack() as stack:
        running = Fleet(folder, settings)
        stack.push_async_callback(_killed, running)
        yield running


async def _killed(fleet: Fleet) -> None:
    for process in fleet.processes:
        process.kill()
    for process in fleet.processes:
        await process.ended()
