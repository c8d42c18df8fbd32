"""What is served as long as a process lives: the transport over the house, plain routes beside it."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import strawberry
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from prometheus_client import make_asgi_app

from compiled.operations import Compiler
from domain.files.ports import LocalObjects
from persistence.limits import RateLimits
from persistence.log_writer import WriteLines
from persistence.meter import PrometheusMeter
from persistence.scratch import Scratch
from resolvers.local_files import LocalFiles, LocalUploads
from resolvers.recording import Recorder
from resolvers.serving import Reception, describe
from schema import build_schema
from schema.scalars import ENCODED
from settings import Settings, revealed
from transport.app import App
from transport.asgi import ASGIApp
from transport.documents import Plan, names_in
from transport.engine import Engine
from transport.graphiql import Assets, Page
from transport.guarded import Guarded
from transport.health import Alive, Ready
from transport.origins import Origins
from transport.ports import NOT_MINE, CannotStart, Connection, Context, Finished, Operation, Ports, Runner, ignore
from wiring.first_start import prepare
from wiring.ground import DATABASE
from wiring.house import House, Tuning, house, working
from wiring.installation import documents_of, secrets_of
from wiring.instruments import Instruments, write_nothing
from wiring.optional import tracing_of
from wiring.refusals import REFUSALS, refusal_of
from wiring.storage import limits_of
from wiring.stores.disk import FILES_PATH

GRAPHIQL = Path(__file__).parents[1] / "graphiql" / "dist"
# Hardly any of our objects die in cycles, so the collector looks for them in vain most of the time.
COLLECT_SELDOM = (50_000, 20, 20)
log = logging.getLogger("wellmate")


class Application:
    """What lives as long as the server does."""

    def __init__(
        self, settings: Settings, tuning: Tuning | None = None, write_lines: WriteLines = write_nothing
    ) -> None:
        self._settings = settings
        self._tuning = tuning
        self._reception: Reception | None = None
        self.house: House | None = None
        self.generated_password: str | None = None
        self.refusal: str | None = None
        schema = build_schema()
        build = compiling(schema) if settings.compiled_queries else ignore
        documents = documents_of(settings)
        self._tracing = tracing = tracing_of(settings)
        self._instruments = instruments = self._noting(write_lines, names_in(documents.values()))
        recorder = Recorder(instruments.buffer, instruments.meter)
        ports = Ports(
            open=self._open,
            describe=describe,
            report=report_unforeseen,
            finished=in_turn(recorder.finished, tracing.finished) if tracing else recorder.finished,
            refused=recorder.refused,
            build=build,
            documents=documents,
            open_documents=settings.open_documents,
        )
        self._engine = Engine(schema._schema, ports)
        routes: dict[str, ASGIApp] = {
            "/healthz": Alive(),
            "/readyz": Ready(self._ready),
            "/metrics": Guarded(
                make_asgi_app(instruments.meter.registry),
                self._refresh_figures,
                token=revealed(settings.metrics_token),
                open_here=not settings.in_production,
            ),
            "/graphiql/": Assets(GRAPHIQL),
            FILES_PATH: LocalUploads(self._local_files, Scratch(), limits_of(settings).most_bytes),
            f"{FILES_PATH}/": LocalFiles(self._local_files, f"{FILES_PATH}/"),
        }
        self.asgi = App(
            self._engine, origins=Origins(settings.origins), page=Page(GRAPHIQL), routes=routes, lifespan=self._live
        )

    def _noting(self, write_lines: WriteLines, known: Iterable[str]) -> Instruments:
        return Instruments(
            meter=self._tracing.meter(known) if self._tracing else PrometheusMeter(known),
            write_lines=write_lines,
            sockets=lambda: self.asgi.sockets,
            subscriptions=lambda: self._engine.live_streams,
        )

    async def _refresh_figures(self) -> None:
        if self.house is not None:
            await self.house.logs.refresh_figures()

    @asynccontextmanager
    async def _live(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if self._tracing is not None:
                stack.push_async_callback(asyncio.to_thread, self._tracing.close)
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
                gc.set_threshold(*COLLECT_SELDOM)
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


def compiling(schema: strawberry.Schema) -> Callable[[Plan], Runner | None]:
    """The compiled read path, as the transport asks for it."""
    compiler = Compiler(schema, ExecutorThrowingOnIncremental, NOT_MINE, ENCODED)
    return lambda plan: compiler.compile(plan.document, plan.node)


def in_turn(*told: Callable[[Finished], None]) -> Callable[[Finished], None]:
    def finished(record: Finished) -> None:
        for tell in told:
            tell(record)

    return finished


def report_unforeseen(error: BaseException, request_id: str, operation: Operation | None) -> None:
    name = operation.name if operation is not None else None
    origin = {"request_id": request_id, "operation": name}
    log.error("unforeseen error", exc_info=error, extra=origin)
