"""The commands `serve` and `worker`, and the ASGI application that is served."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable
from typing import Any

import uvicorn

from operations.running import until_done
from settings import Settings
from transport.app import App
from transport.listening import uvicorn_options
from wiring.application import Application
from wiring.house import house, working
from wiring.installation import secrets_of
from wiring.lines import Lines, set_up
from wiring.refusals import REFUSALS, refusal_of


def run(given: argparse.Namespace, settings: Settings) -> None:
    lines = set_up(settings)
    if given.command == "worker":
        until_done(worker(settings))
    else:
        serve(settings, lines)


def create_app() -> App:
    settings = Settings()
    return Application(settings, write_lines=set_up(settings).requests).asgi


class Server(uvicorn.Server):
    """uvicorn that says when it listens, and tells sockets to go before it stops."""

    def __init__(self, config: uvicorn.Config, application: Application, started: Callable[[int], None]) -> None:
        super().__init__(config)
        self._application = application
        self._on_start = started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_start(self.servers[0].sockets[0].getsockname()[1])

    async def shutdown(self, sockets: Any = None) -> None:
        await self._application.asgi.drain()
        await super().shutdown(sockets)


def serve(settings: Settings, lines: Lines) -> None:
    try:
        application = Application(settings, write_lines=lines.requests)
    except REFUSALS as error:
        sys.exit(refusal_of(error))
    config = uvicorn.Config(
        application.asgi,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=max(round(settings.drain_seconds), 1),
        **uvicorn_options(),
    )
    server = Server(config, application, lambda port: print(banner(settings, application, port), flush=True))
    try:
        server.run()
    except SystemExit as leaving:
        sys.exit(application.refusal or leaving.code)
    if not server.started:
        raise SystemExit(1)


def banner(settings: Settings, application: Application, port: int) -> str:
    password = application.generated_password
    where = (settings.database_url and "PostgreSQL of WELLMATE_DATABASE_URL") or f"{settings.data_dir.resolve()}"
    lines = [
        f"Wellmate  http://{settings.host}:{port}/graphql   (GraphQL; GraphiQL in a browser)",
        f"data      {where}",
        f"admin     {settings.admin_username}" + (f"   password {password}   (shown only now)" if password else ""),
        "models    WELLMATE_FASTGPT_BASE_URL + _API_KEY, WELLMATE_STEP_…, WELLMATE_OPENAI_… in .env,",
        "          or createApiConfig in GraphiQL. Without one, a demonstration answers.",
    ]
    return "\n".join(lines)


async def worker(settings: Settings) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with house(settings, secrets_of(settings)) as built, working(built):
        print("Wellmate worker: waiting for jobs, Ctrl-C stops it", flush=True)
        await stopped.wait()
