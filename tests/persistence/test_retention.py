"""What is kept for a time only …"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, text, update

from domain.chat.events import EventKind, NewEvent
from domain.chat.models import MessageKey
from persistence.engine import Database, open_database
from persistence.events import EventReadStatements, EventStatements
from persistence.retention import BATCH, drop_expired_credentials, drop_old_events, forget_ai_contents
from persistence.tables.accounts import devices, refresh_tokens, users, verification_codes
from persistence.tables.assistant import ai_interactions
from persistence.tables.chat import chat_sessions, messages
from persistence.tables.events import session_events

NOW = datetime.now(UTC)
WEEK = timedelta(days=7)
ANNA, SESSION = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    """With one user, one session and one message."""
    database = open_database(database_dsn)
    async with database.transaction() as connection:
        roles = {"access_role": "USER", "care_role": "PATIENT"}
        ways = {"locale": "zh-CN", "timezone": "Asia/Shanghai", "font_scale": 1.0, "notify": True}
        await connection.execute(insert(users).values(id=ANNA, **roles, **ways))
        await connection.execute(
            insert(chat_sessions).values(id=SESSION, kind="ASSISTANT", owner_id=ANNA, ai_mode="AUTO")
        )
        said = {"sender_id": ANNA, "sender_role": "PATIENT", "kind": "TEXT", "state": "SENT", "content": "头疼"}
        await connection.execute(insert(messages).values(session_id=SESSION, seq=1, **said))
    yield database
    await database.close()


async def happen(database: Database, *, days_ago: float) -> None:
    """One event, in a transaction of its own."""
    async with database.transaction() as connection:
        await EventStatements(connection).add(NewEvent(EventKind.MESSAGE_ADDED, MessageKey(SESSION, 1)))
        newest = select(func.max(session_events.c.number)).scalar_subquery()
        at = NOW - timedelta(days=days_ago)
        await connection.execute(update(session_events).where(session_events.c.number == newest).values(created_at=at))


async def ages(database: Database) -> list[int]:
    """How many days ago the events happened that are there."""
    async with database.reading() as connection:
        moments = await connection.scalars(select(session_events.c.created_at).order_by(session_events.c.number))
        return [round((NOW - moment) / timedelta(days=1)) for moment in moments]


async def test_events_are_refused_a_day_before_they_go(database: Database) -> None:
    reads = EventReadStatements(database)
    for days in (9, 8, 6, 1):
        await happen(database, days_ago=days)
    assert await drop_old_events(database, NOW - WEEK) == 0
    refused_below = await reads.oldest()
    assert await ages(database) == [9, 8, 6, 1]
    assert await drop_old_events(database, NOW - WEEK) == 2
    assert await ages(database) == [6, 1]
    assert await reads.oldest() == refused_below
    async with asyncio.timeout(10):  # another test's transaction may still hide what is new
        while len(left := await reads.between(refused_below, await reads.now(), 10)) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert len(left) == 2


async def test_events_stay_refused_when_nothing_is_left(database: Database) -> None:
    await happen(database, days_ago=9)
    await drop_old_events(database, NOW - WEEK)
    refused_below = await EventReadStatements(database).oldest()
    await drop_old_events(database, NOW - WEEK)
    await drop_old_events(database, NOW - WEEK)
    assert await ages(database) == []
    assert await EventReadStatements(database).oldest() == refused_below
    assert refused_below.transaction > 0


async def test_more_than_a_batch_goes_too(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO session_events (session_id, kind, seq, created_at)"
                " SELECT :session, 'MESSAGE_ADDED', 1, :at FROM generate_series(1, :many)"
            ),
            {"session": SESSION, "at": NOW - 2 * WEEK, "many": 2 * BATCH + 1},
        )
    await drop_old_events(database, NOW - WEEK)
    assert await drop_old_events(database, NOW - WEEK) == 2 * BATCH + 1
    assert await ages(database) == []


async def test_what_was_asked_of_providers_loses_its_words_and_keeps_its_figures(database: Database) -> None:
    async with database.transaction() as connection:
        for number, days in enumerate((31, 29)):
            await connection.execute(
                insert(ai_interactions).values(
                    id=uuid.UUID(int=number),
                    session_id=SESSION,
                    question_seq=1,
                    reply_seq=2,
                    attempt=1,
                    status="FAILED",
                    request_content={"messages": ["头疼"]},
                    response_content={"text": "多喝水"},
                    duration_ms=700,
                    error_code="UPSTREAM_TIMEOUT",
                    error_message="the vendor quoted: 头疼",
                    created_at=NOW - timedelta(days=days),
                )
            )
    assert await forget_ai_contents(database, NOW - timedelta(days=30)) == 1
    assert await forget_ai_contents(database, NOW - timedelta(days=30)) == 0
    columns = ("request_content", "response_content", "error_message", "duration_ms", "error_code")
    async with database.reading() as connection:
        query = select(*(ai_interactions.c[name] for name in columns)).order_by(ai_interactions.c.id)
        old, new = (await connection.execute(query)).all()
    assert tuple(old) == (None, None, None, 700, "UPSTREAM_TIMEOUT")
    assert new[:3] == ({"messages": ["头疼"]}, {"text": "多喝水"}, "the vendor quoted: 头疼")


async def test_credentials_go_when_nobody_can_use_them(database: Database) -> None:
    moments = {b"old": NOW - timedelta(seconds=1), b"new": NOW + timedelta(days=1)}
    async with database.transaction() as connection:
        device = uuid.uuid4()
        await connection.execute(
            insert(devices).values(id=device, user_id=ANNA, last_used_at=NOW, expires_at=NOW, address_hash=b"")
        )
        for name, expires_at in moments.items():
            await connection.execute(insert(refresh_tokens).values(hash=name, device_id=device, expires_at=expires_at))
            code = {"purpose": "LOGIN", "code_hash": b"", "tries_left": 3, "expires_at": expires_at}
            await connection.execute(insert(verification_codes).values(phone_hash=name, **code))
    assert await drop_expired_credentials(database, NOW) == 2
    async with database.reading() as connection:
        tokens = (await connection.scalars(select(refresh_tokens.c.hash))).all()
        codes = (await connection.scalars(select(verification_codes.c.phone_hash))).all()
    assert (tokens, codes) == ([b"new"], [b"new"])
