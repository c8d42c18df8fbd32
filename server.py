"""The command line, and the ASGI application that it serves: `uvicorn --factory server:create_app` works too.

Starting is quick because PostgreSQL starts while the rest is imported: only what that takes is imported here.
"""

import argparse
import gc
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from settings import Settings


def create_app() -> Any:
    return resolve_name("operations.serving:create_app")()


def parser() -> argparse.ArgumentParser:
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
    return parser


def unused(settings: Settings, *, serving: bool) -> Iterator[str]:
    """Modules that libraries import where they can, 5 MB together, though nobody here calls them."""
    yield "httpx._main"
    if serving:
        yield "rich"  # by structlog; commands draw bars with it
        yield "structlog._greenlets"  # greenlet is here for alembic
    if settings.otel_endpoint is None:
        yield "opentelemetry"  # by redis


def database_started(settings: Settings) -> AbstractContextManager[None]:
    """Of somebody else's database nothing is started, nor imported."""
    if settings.database_url is not None:
        return nullcontext()
    started: AbstractContextManager[None] = resolve_name("persistence.embedded.server:started_ahead")(settings.data_dir)
    return started


def main(arguments: list[str] | None = None) -> None:
    given = parser().parse_args(arguments)
    # Imports make half a million objects and hardly any garbage: looking for it took a fifth of the start.
    gc.disable()
    settings = Settings()
    serving = given.command in {"serve", "worker"}
    for module in unused(settings, serving=serving):
        sys.modules[module] = None  # type: ignore[assignment]  # how Python is told that there is no such module
    with database_started(settings) if serving else nullcontext():
        run = resolve_name("operations.serving:run" if serving else "operations.commands:run")
        gc.freeze()
        gc.enable()
        run(given, settings)


if __name__ == "__main__":
    main()
