"""The real application on a real socket, inside the test's own event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from persistence.log_writer import WriteLines
from settings import Settings
from tests.accounts import CHEAP
from transport.listening import uvicorn_options
from wiring.application import Application
from wiring.house import House, Tuning
from wiring.instruments import write_nothing

ADMIN_PASSWORD = "an admin's password"


class QuietServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C belongs to pytest."""
        yield


@dataclass(frozen=True, slots=True)
class Served:
    port: int
    application: Application

    @property
    def house(self) -> House:
        assert self.application.house is not None
        return self.application.house


def settings_for(dsn: str, data_dir: Path, **changes: object) -> Settings:
    given: dict[str, object] = {
        "database_url": dsn,
        "data_dir": data_dir,
        "admin_password": ADMIN_PASSWORD,
        "shared_networks": "127.0.0.1",
    }
    return Settings.model_validate(given | changes)


@asynccontextmanager
async def served(settings: Settings, write_lines: WriteLines = write_nothing) -> AsyncIterator[Served]:
    application = Application(settings, Tuning(CHEAP), write_lines)
    config = uvicorn.Config(
        application.asgi, host="127.0.0.1", port=0, log_config=None, access_log=False, **uvicorn_options()
    )
    server = QuietServer(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        if running.done():
            await running
    try:
        yield Served(server.servers[0].sockets[0].getsockname()[1], application)
    finally:
        await application.asgi.drain()
        server.should_exit = True
        await running
