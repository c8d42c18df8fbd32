"""The command line, and the ASGI application that it serves: `uvicorn --factory server:create_app` works too."""

import argparse
import asyncio
import gc
import getpass
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import strawberry
import uvicorn
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental

from check import report
from compiled.operations import Compiler
from domain.files.ports import LocalObjects
from first_start import prepare
from ground import DATABASE
from installation import NotReady, documents_of, secrets_of
from lines import Lines, set_up
from operations.backup import BackupError
from operations.commands import backup_command, demo_command, restore_command
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.limits import RateLimits
from persistence.log_buffer import LogBuffer
from persistence.log_writer import WriteLines
from persistence.presence import AlreadyServed
from persistence.resealing import reseal
from persistence.scratch import Scratch
from resolvers.local_files import LocalFiles, LocalUploads
from resolvers.recording import Recorder
from resolvers.serving import Reception, describe
from schema import build_schema
from settings import Settings
from storage import FILES_PATH, limits_of
from transport.app import App
from transport.asgi import ASGIApp
from transport.documents import Plan
from transport.engine import Engine
from transport.graphiql import Assets, Page
from transport.health import Alive, Ready
from transport.listening import uvicorn_options
from transport.origins import Origins
from transport.ports import NOT_MINE, CannotStart, Connection, Context, Operation, Ports, Runner, ignore
from wiring import House, Tuning, house, working
from wiring_logs import Instruments, write_nothing

GRAPHIQL = Path(__file__).parent / "graphiql" / "dist"
REFUSALS = (NotReady, EmbeddedPostgresError, AlreadyServed)
log = logging.getLogger("wellmate")


class Application:
    """What lives as long as the server does."""

    def __init__(
        self, settings: Settings, tuning: Tuning | None = None, write_lines: WriteLines = write_nothing
    ) -> None:
        self._settings = settings
        self._tuning = tuning
        self._instruments = Instruments(LogBuffer(), write_lines)
        self._reception: Reception | None = None
        self.house: House | None = None
        self.generated_password: str | None = None
        self.refusal: str | None = None
        schema = build_schema()
        build = compiling(schema) if settings.compiled_queries else ignore
        recorder = Recorder(self._instruments.buffer)
        ports = Ports(
            open=self._open,
            describe=describe,
            report=report_unforeseen,
            finished=recorder.finished,
            refused=recorder.refused,
            build=build,
            documents=documents_of(settings),
            open_documents=settings.open_documents,
        )
        engine = Engine(schema._schema, ports)
        routes: dict[str, ASGIApp] = {
            "/healthz": Alive(),
            "/readyz": Ready(self._ready),
            "/graphiql/": Assets(GRAPHIQL),
            FILES_PATH: LocalUploads(self._local_files, Scratch(), limits_of(settings).most_bytes),
            f"{FILES_PATH}/": LocalFiles(self._local_files, f"{FILES_PATH}/"),
        }
        self.asgi = App(
            engine, origins=Origins(settings.origins), page=Page(GRAPHIQL), routes=routes, lifespan=self._live
        )

    @asynccontextmanager
    async def _live(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._running())
            except REFUSALS as error:
                self.refusal = refusal_of(error)
                raise CannotStart(self.refusal) from error
            yield

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        async with house(self._settings, secrets_of(self._settings), self._tuning, self._instruments) as built:
            self.generated_password = await prepare(self._settings, built)
            open_schema = self._settings.open_documents and not self._settings.in_production
            self._reception = Reception(
                *(built.services, built.reads, open_schema, self._settings.networks, RateLimits()), built.lagging
            )
            self.house = built
            async with working(built):
                self.asgi.draining.watch(built.worker.drain)
                gc.freeze()
                yield

    async def _open(self, connection: Connection) -> Context:
        if self._reception is None:
            raise AssertionError("requests come after the start")
        return await self._reception.open(connection)

    def _local_files(self) -> LocalObjects | None:
        return self.house.kept.local if self.house is not None else None

    async def _ready(self) -> bool:
        """Without Redis it serves on, if less well."""
        if self.house is None or self.asgi.draining.happened:
            return False
        checks = (await self.house.services.system.status()).checks
        return all(check.ok for check in checks if check.name == DATABASE)


def refusal_of(error: Exception) -> str:
    return f"Wellmate cannot start:\n{error}"


def compiling(schema: strawberry.Schema) -> Callable[[Plan], Runner | None]:
    """The compiled read path, as the transport asks for it."""
    compiler = Compiler(schema, ExecutorThrowingOnIncremental, NOT_MINE)
    return lambda plan: compiler.compile(plan.document, plan.node)


def report_unforeseen(error: BaseException, request_id: str, operation: Operation | None) -> None:
    name = operation.name if operation is not None else None
    origin = {"request_id": request_id, "operation": name}
    log.error("unforeseen error", exc_info=error, extra=origin)


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
