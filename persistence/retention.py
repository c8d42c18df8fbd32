"""What is kept for a time only, removed in short transactions: while one is open, nobody's events are final."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import Delete, delete, func, select, tuple_, update

from domain.accounts.identities import UNSEEN
from persistence.connection import Connection
from persistence.engine import Database
from persistence.interactions import InteractionStatements
from persistence.tables.accounts import devices, refresh_tokens, verification_codes
from persistence.tables.events import event_epochs, session_events

BATCH = 2_000
PAUSE_S = 0.05
MARGIN = timedelta(days=20)

Remove = Callable[[Connection], Awaitable[int]]


async def forget_ai_contents(database: Database, before: datetime) -> int:
    """What was asked of providers before, and what they said; the figures stay. Returns how many rows lost theirs."""
    return await _in_batches(database, lambda each: InteractionStatements(each).forget_contents(before, BATCH))


async def drop_expired_credentials(database: Database, now: datetime) -> int:
    """Refresh tokens and verification codes that nobody can use any more, and devices that say nothing any more.

    A device says when somebody was last seen, for as long as that matters.
    """
    tokens, codes, unseen = refresh_tokens.c, verification_codes.c, now - UNSEEN - MARGIN
    old_tokens = select(tokens.hash).where(tokens.expires_at < now).limit(BATCH)
    old_codes = select(codes.phone_hash, codes.purpose).where(codes.expires_at < now).limit(BATCH)
    gone = (devices.c.last_used_at < unseen) & (devices.c.expires_at < now)
    old_devices = select(devices.c.id).where(gone).limit(BATCH)
    spent = [
        delete(refresh_tokens).where(tokens.hash.in_(old_tokens)),
        delete(verification_codes).where(tuple_(codes.phone_hash, codes.purpose).in_(old_codes)),
        delete(devices).where(devices.c.id.in_(old_devices)),
    ]
    return sum([await _in_batches(database, _removal(statement)) for statement in spent])


async def drop_old_events(database: Database, before: datetime) -> int:
    """Drops what the last time declared too old, then declares what happened `before` too old.

    So a cursor is refused a day before its events go, and nobody who just showed one misses any.
    """
    oldest = select(event_epochs.c.oldest).scalar_subquery()
    place = tuple_(session_events.c.transaction, session_events.c.number)
    old = (
        select(session_events.c.transaction, session_events.c.number)
        .where(session_events.c.transaction < oldest)
        .order_by(session_events.c.transaction, session_events.c.number)
        .limit(BATCH)
    )
    dropped = await _in_batches(database, _removal(delete(session_events).where(place.in_(old))))
    newest = select(func.max(session_events.c.transaction) + 1).where(session_events.c.created_at < before)
    too_old = func.greatest(event_epochs.c.oldest, newest.scalar_subquery())
    async with database.transaction() as connection:
        await connection.execute(update(event_epochs).values(oldest=too_old))
    return dropped


def _removal(statement: Delete) -> Remove:
    async def remove(connection: Connection) -> int:
        return (await connection.execute(statement)).rowcount

    return remove


async def _in_batches(database: Database, remove: Remove) -> int:
    total, removed = 0, BATCH
    while removed >= BATCH:
        async with database.transaction() as connection:
            removed = await remove(connection)
        total += removed
        await asyncio.sleep(PAUSE_S)
    return total
