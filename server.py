"""The command line, and the ASGI application that it serves: `uvicorn --factory server:create_app` works too."""

import argparse
import asyncio
import getpass
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvicorn

from application import REFUSALS, Application, refusal_of
from check import report
from installation import secrets_of
from lines import Lines, set_up
from operations.backup import BackupError
from operations.commands import backup_command, demo_command, restore_command
from persistence.resealing import reseal
from settings import Settings
from transport.app import App
from transport.listening import uvicorn_options
from wiring import house, working


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
    application = Application(settings, write_lines=lines.requests)
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


async def create_admin(settings: Settings, username: str) -> None:
    password = os.environ.get("WELLMATE_ADMIN_PASSWORD") or getpass.getpass(f"Password of {username}: ")
    async with house(settings, secrets_of(settings)) as built:
        user = await built.services.accounts.sign_in.create_admin(username, password)
    print(f"{user.username} is a superadmin now.")


async def reseal_everything(settings: Settings) -> None:
    async with house(settings, secrets_of(settings)) as built:
        count = await reseal(built.database, built.box)
    print(f"Under the newest of WELLMATE_DATA_KEYS now: {count}. Older keys can go.")


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        print("stopped")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="server.py", description="Wellmate, the GraphQL backend of health assistants."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the API")
    commands.add_parser("worker", help="only generate replies")
    commands.add_parser("check", help="say what is configured, reachable, missing")
    admin = commands.add_parser("create-admin", help="add a superadmin")
    admin.add_argument("username")
    commands.add_parser("reseal", help="encrypt what is stored under the newest of WELLMATE_DATA_KEYS")
    backup = commands.add_parser("backup", help="write database and files into one tar")
    backup.add_argument("target", type=Path, nargs="?", default=Path(), help="a file, or a folder (default: this one)")
    restore = commands.add_parser("restore", help="replace everything by a backup")
    restore.add_argument("source", type=Path)
    restore.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("demo", help="fill a small clinic to try things out with")
    given = parser.parse_args(arguments)
    settings = Settings()
    lines = set_up(settings)
    actions: dict[str, Callable[[], None]] = {
        "serve": lambda: serve(settings, lines),
        "worker": lambda: run(lambda: worker(settings)),
        "reseal": lambda: run(lambda: reseal_everything(settings)),
        "check": lambda: run(lambda: report(settings)),
        "backup": lambda: run(lambda: backup_command(settings, given.target)),
        "restore": lambda: run(lambda: restore_command(settings, given.source, sure=given.yes)),
        "demo": lambda: run(lambda: demo_command(settings)),
        "create-admin": lambda: run(lambda: create_admin(settings, given.username)),
    }
    try:
        actions[given.command]()
    except REFUSALS as error:
        sys.exit(refusal_of(error))
    except BackupError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
