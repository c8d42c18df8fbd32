"""What everything in a process stands on: database, Redis, the wire to the outside, the feed of growing replies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import make_url, text

from domain.assistant.ports import Feed
from domain.files.formats import PDF_MIME
from domain.files.keys import new_key
from domain.moments import EPOCH
from domain.system import Probe
from migrations.current import bring_up_to_date
from persistence.engine import Database, open_database
from persistence.events import begin_epoch_if_restored
from persistence.histories import NoHistories
from persistence.replica import Replica
from persistence.tails import LocalFeed
from persistence.wire import Wire
from settings import Settings, revealed
from wiring.installation import Secrets
from wiring.optional import embedded_server, sharing_of
from wiring.storage import Keeping, keeping

if TYPE_CHECKING:
    from persistence.redis.histories import RedisHistories
    from wiring.sharing import Shared

DATABASE = "database"
"""The probe without which a process is not ready."""


@dataclass(frozen=True, slots=True)
class Ground:
    settings: Settings
    secrets: Secrets
    database: Database
    replica: Replica | None
    url: str
    wire: Wire
    shared: "Shared | None"
    kept: Keeping
    feed: Feed
    histories: "RedisHistories | NoHistories"

    def probes(self) -> dict[str, Probe]:
        probes: dict[str, Probe] = {DATABASE: lambda: _ask(self.database)}
        if self.shared is not None:
            probes["redis"] = self.shared.ping
        probes["storage"] = lambda: _look_up(self.kept)
        return probes


@asynccontextmanager
async def opened(settings: Settings, secrets: Secrets) -> AsyncIterator[Ground]:
    """The database up and migrated; everything is closed again at the end."""
    async with AsyncExitStack() as stack:
        kept = await stack.enter_async_context(keeping(settings, secrets))
        url = await _database_url(settings, stack)
        await bring_up_to_date(url)
        database = open_database(url)
        stack.push_async_callback(database.close)
        async with database.transaction() as connection:
            await begin_epoch_if_restored(connection)
        wire = await stack.enter_async_context(Wire())
        shared = await stack.enter_async_context(sharing_of(settings))
        replica = await _replica(settings, database, shared, stack)
        feed = shared.feed if shared is not None else LocalFeed()
        histories = (shared.histories if shared is not None else None) or NoHistories()
        yield Ground(settings, secrets, database, replica, url, wire, shared, kept, feed, histories)


@asynccontextmanager
async def running_database(settings: Settings) -> AsyncIterator[str]:
    """The database's URL while it runs, for what needs nothing else."""
    async with AsyncExitStack() as stack:
        yield await _database_url(settings, stack)


async def _database_url(settings: Settings, stack: AsyncExitStack) -> str:
    given = _asyncpg(revealed(settings.database_url))
    if given is not None:
        return given
    server = await asyncio.to_thread(embedded_server, settings.data_dir)
    stack.push_async_callback(asyncio.to_thread, server.release)
    return server.dsn()


def _asyncpg(url: str | None) -> str | None:
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(False) if url is not None else None


async def _replica(
    settings: Settings, database: Database, shared: "Shared | None", stack: AsyncExitStack
) -> Replica | None:
    url = _asyncpg(revealed(settings.database_replica_url))
    if url is None:
        return None
    replica = Replica(database, url, shared.writings if shared is not None else None)
    await stack.enter_async_context(replica.running())
    return replica


async def _ask(database: Database) -> None:
    async with asyncio.timeout(2), database.reading() as connection:
        await connection.execute(text("SELECT 1"))


async def _look_up(kept: Keeping) -> None:
    """An object that is not there: whoever can say so works."""
    await kept.store.head(new_key("probe", EPOCH, UUID(int=0), PDF_MIME))
