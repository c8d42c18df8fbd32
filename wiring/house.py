"""Puts the parts together: the only place where the services meet what is behind their ports."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

from domain.accounts.passwords import PasswordCost
from domain.accounts.service import Accounts
from domain.assistant.answering import Answering, Outside
from domain.assistant.checks import provider_checks
from domain.assistant.configs import ConfigService
from domain.assistant.dialects import DIALECTS
from domain.assistant.dialects.words import ApiType, Dialect
from domain.assistant.gallery import Gallery
from domain.assistant.pacing import Pace
from domain.assistant.replies import ReplyRunner
from domain.assistant.responding import AssistantResponder
from domain.assistant.service import ReplyService
from domain.assistant.summaries import SummaryService
from domain.assistant.vendor import Vendor
from domain.assistant.watching import ReplyWatcher
from domain.audit import AuditService
from domain.books.service import BookService
from domain.books.shelf import Shelf
from domain.chat.events import EventService
from domain.chat.groups import GroupService
from domain.chat.models import parse_message_id
from domain.chat.service import ChatService
from domain.clock import utc_now
from domain.files.cleaning import FileCleaner
from domain.health.service import HealthService
from domain.metering import Meter
from domain.records.service import RecordService
from domain.secrets import SecretBox
from domain.system import SystemService
from persistence.account_reads import AccountReadStatements
from persistence.assistant import STOP_SIGNAL
from persistence.assistant_reads import ReplyReadStatements
from persistence.audit import AuditReadStatements
from persistence.books import BookReadStatements
from persistence.books import follow as follow_books
from persistence.chat_reads import ChatReadStatements
from persistence.configs import ConfigReadStatements
from persistence.departures import Departures
from persistence.engine import Database, Readable
from persistence.events import EventReadStatements
from persistence.files import REMOVAL, FileReadStatements
from persistence.health_reads import HealthReadStatements
from persistence.hub import LiveEvents
from persistence.interactions import InteractionReadStatements
from persistence.limits import RateLimits
from persistence.presence import Presence
from persistence.queue import Chore, Worker
from persistence.records import RecordReadStatements
from persistence.revocations import RevocationFeed
from persistence.signals import Signals
from persistence.talk import Talk, talk_on
from persistence.work import work_on
from resolvers.events import SharedEvents
from resolvers.loaders import LaggingReads, Reads
from resolvers.services import Services
from settings import Settings
from wiring.accounts import build_accounts
from wiring.ground import Ground, opened
from wiring.installation import Secrets
from wiring.instruments import Instruments
from wiring.lines import report_in_loop
from wiring.logs import Logs, keeping_logs, retention_chores
from wiring.storage import Keeping

VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class House:
    """A running installation, as far as one process sees it."""

    services: Services
    reads: Reads
    lagging: LaggingReads | None
    database: Database
    runner: ReplyRunner
    worker: Worker
    presence: Presence
    live: LiveEvents
    departures: Departures
    box: SecretBox
    url: str
    kept: Keeping
    logs: Logs


@dataclass(frozen=True, slots=True)
class Tuning:
    """What tests turn down."""

    password_cost: PasswordCost = field(default_factory=PasswordCost)
    dialects: Mapping[ApiType, Dialect] = field(default_factory=lambda: DIALECTS)


@asynccontextmanager
async def house(
    settings: Settings, secrets: Secrets, tuning: Tuning | None = None, instruments: Instruments | None = None
) -> AsyncIterator[House]:
    """Database up and migrated, signals heard; everything is closed again at the end."""
    async with AsyncExitStack() as stack:
        _hear_of_lost_errors(stack)
        ground = await stack.enter_async_context(opened(settings, secrets))
        instruments = instruments or Instruments()
        logs = await stack.enter_async_context(keeping_logs(settings, ground.database, instruments))
        limiter = RateLimits(ground.shared.counters if ground.shared is not None else None)
        tuning = tuning or Tuning()
        accounts = build_accounts(settings, secrets, ground.database, limiter, ground.wire, tuning.password_cost)
        built = _build(ground, logs, accounts, instruments.meter, tuning.dialects)
        await _hear_signals(ground, built, logs, stack)
        yield built


def _hear_of_lost_errors(stack: AsyncExitStack) -> None:
    loop = asyncio.get_running_loop()
    stack.callback(loop.set_exception_handler, loop.get_exception_handler())
    loop.set_exception_handler(report_in_loop)


@asynccontextmanager
async def working(built: House) -> AsyncIterator[None]:
    """This process takes jobs. Raises AlreadyServed when it may not."""
    async with built.presence.kept(), built.worker.running():
        yield


def _reads(database: Readable) -> Reads:
    return Reads(
        accounts=AccountReadStatements(database),
        chat=ChatReadStatements(database),
        configs=ConfigReadStatements(database),
        files=FileReadStatements(database),
        replies=ReplyReadStatements(database),
        records=RecordReadStatements(database),
    )


def _build(ground: Ground, logs: Logs, accounts: Accounts, meter: Meter, dialects: Mapping[ApiType, Dialect]) -> House:
    settings, database, feed = ground.settings, ground.database, ground.feed
    box = SecretBox(ground.secrets.data_keys)
    work, talk = work_on(database), talk_on(database, meter)
    vendor = Vendor(ground.wire, box.open, dialects)
    responder = AssistantResponder()
    event_reads = EventReadStatements(database)
    reply_reads = ReplyReadStatements(database)
    live = LiveEvents(event_reads)
    reads = _reads(database)
    departures = Departures()
    pace = Pace()
    watcher = ReplyWatcher(reply_reads, feed, departures, pace)
    answering = Answering(
        talk,
        feed,
        Outside(vendor, Gallery(ground.kept.store), utc_now, meter, pace),
        first_word_s=settings.first_word_seconds,
        places=settings.provider_concurrency,
        notes=ground.shared is None,
    )
    runner = ReplyRunner(talk, feed, ground.histories, answering)
    chat = ChatService[Talk](talk, reads.chat, responder, utc_now)
    services = Services(
        accounts=accounts,
        chat=chat,
        groups=GroupService[Talk](talk, responder),
        events=EventService(event_reads, live),
        shared_events=SharedEvents(),
        configs=ConfigService(talk, vendor, box.seal),
        config_reads=reads.configs,
        watcher=watcher,
        replies=ReplyService(talk, watcher),
        interactions=InteractionReadStatements(database),
        files=ground.kept.service(work),
        books=BookService(work, Shelf(BookReadStatements(database))),
        health=HealthService(work, HealthReadStatements(database), utc_now),
        records=RecordService(work, reads.records, utc_now),
        summaries=SummaryService(chat, reads.records, reads.accounts),
        audit=AuditService(AuditReadStatements(database)),
        logs=logs.service,
        figures=logs.figures,
        system=SystemService(VERSION, utc_now, ground.probes(), lambda: provider_checks(reads.configs, utc_now)),
    )
    chores = (*file_chores(ground.kept.cleaner(work)), *retention_chores(settings, database))
    worker = Worker(database, ground.url, runner, chores, settings.drain_seconds)
    presence = Presence(ground.url, alone=ground.shared is None)
    lagging = LaggingReads(_reads(ground.replica.reads), ground.replica) if ground.replica is not None else None
    return House(
        *(services, reads, lagging, database, runner, worker, presence, live, departures, box, ground.url, ground.kept),
        logs,
    )


def file_chores(cleaner: FileCleaner) -> tuple[Chore, ...]:
    """At night in China."""
    return Chore(REMOVAL, cleaner.remove_deleted), Chore("tidy-files", cleaner.tidy_up, cron="17 19 * * *")


async def _hear_signals(ground: Ground, built: House, logs: Logs, stack: AsyncExitStack) -> None:
    revocations = built.services.accounts.revocations
    known = RevocationFeed(built.database, revocations, utc_now, ground.settings.access_token_seconds)
    signals = Signals(built.url)
    known.follow(signals)
    built.live.follow(signals)
    built.departures.follow(signals)
    logs.tail.hear(signals)
    follow_books(signals, built.services.books.forget)
    built.worker.follow(signals)
    ground.histories.follow(signals)
    signals.on(STOP_SIGNAL, lambda payload: _stop_reply(built.runner, payload))
    await built.live.start()
    stack.push_async_callback(built.live.close)
    await signals.start()
    stack.push_async_callback(signals.close)
    freshening = asyncio.create_task(known.keep_fresh())
    stack.push_async_callback(_stop, freshening)


def _stop_reply(runner: ReplyRunner, payload: str) -> None:
    key = parse_message_id(payload)
    if key is not None:
        runner.stop(key)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
