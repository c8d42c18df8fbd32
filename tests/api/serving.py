"""The real application on a real socket, inside the test's own event loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from domain.assistant.dialects import DIALECTS
from domain.assistant.dialects.demo import Demo
from domain.assistant.dialects.words import ApiType
from persistence.log_writer import WriteLines
from settings import Settings
from tests.accounts import CHEAP
from tests.loopback import listening
from transport.listening import uvicorn_options
from wiring.application import Application
from wiring.house import House, Tuning
from wiring.instruments import write_nothing

ADMIN_PASSWORD = "an admin's password"
HURRIED = Tuning(CHEAP, DIALECTS | {ApiType.DEMO: Demo(pause_s=0.005)})
"""The demonstration speaks six times as fast as to people."""


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
    application = Application(settings, HURRIED, write_lines)
    config = uvicorn.Config(application.asgi, log_config=None, access_log=False, **uvicorn_options())
    async with listening(config) as port:
        try:
            yield Served(port, application)
        finally:
            await application.asgi.drain()
